// Prints what a child copies that writes to every second element of a vector.
#include <cstdint>
#include <cstdio>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/fork/fork_runner.h"
#include "lib/probe/mappings.h"

int main() {
  std::vector<int64_t> data(1 << 20);
  absl::StatusOr<cowbench::ForkRunner> runner = cowbench::ForkRunner::Create();
  if (!runner.ok()) {
    fprintf(stderr, "%s\n", runner.status().ToString().c_str());
    return 1;
  }
  const absl::StatusOr<cowbench::ForkResult> result = runner->Run({}, [&] {
    for (size_t i = 0; i < data.size(); i += 2) {
      data[i] = 1;
    }
  });
  if (!result.ok()) {
    fprintf(stderr, "%s\n", result.status().ToString().c_str());
    return 1;
  }
  printf("%zu bytes of data, %zu copied\n", data.size() * sizeof(data[0]),
         static_cast<size_t>(result->samples[0].pages->copied *
                             cowbench::probe::PageSize()));
  return 0;
}
