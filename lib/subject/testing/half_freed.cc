// A subject whose data set leaves as much memory free as it uses: blocks of 16
// KiB, of which the first half is freed after all are allocated.
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <new>

#include "lib/subject/subject_main.h"
#include "lib/workload/workload.h"

namespace cowbench {
namespace {

constexpr size_t kBlockBytes = 16 << 10;

void* Build(uint64_t elements) {
  auto** const blocks = static_cast<char**>(malloc(elements * sizeof(char*)));
  for (uint64_t i = 0; i < elements; ++i) {
    blocks[i] = static_cast<char*>(malloc(kBlockBytes));
    if (blocks[i] == nullptr) {
      throw std::bad_alloc();
    }
    memset(blocks[i], 1, kBlockBytes);
  }
  for (uint64_t i = 0; i < elements / 2; ++i) {
    free(blocks[i]);
  }
  return blocks;
}

// Fails if a block that is still in use has lost its contents.
void Check(void* data_set, const workload::Touch& touch) {
  auto* const* const blocks = static_cast<char**>(data_set);
  for (uint64_t i = touch.elements / 2; i < touch.elements; ++i) {
    for (size_t at = 0; at < kBlockBytes; ++at) {
      if (blocks[i][at] != 1) {
        _exit(1);
      }
    }
  }
}

constexpr workload::PatternEntry kPatterns[] = {
    {.name = "check", .run = Check}};
constexpr workload::LayoutEntry kLayouts[] = {
    {.name = "half_freed", .build = Build, .patterns = kPatterns}};

int Main() { return SubjectMain(kLayouts); }

}  // namespace
}  // namespace cowbench

int main() { return cowbench::Main(); }
