#include "lib/probe/migrations.h"

#include <unistd.h>

#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "lib/base/small_file.h"
#include "lib/base/status_macros.h"
#include "lib/probe/shared_memory.h"

namespace cowbench::probe {

uint64_t MigrationCount() {
  // Not on the stack, whose pages are counted, too.
  constexpr size_t kRoom = size_t{64} << 10;
  const absl::StatusOr<SharedMemory> memory = SharedMemory::Map(kRoom);
  if (!memory.ok()) {
    return 1;
  }
  const std::string_view vmstat =
      ReadSmallFile("/proc/vmstat", {memory->as<char>(), kRoom}).value_or("");
  return 1 + NumberOf(vmstat, "pgmigrate_success").value_or(0) +
         NumberOf(vmstat, "compact_isolated").value_or(0);
}

absl::Status ReadUndisturbed(absl::FunctionRef<absl::Status()> read,
                             uint64_t* count) {
  constexpr int kMaxReads = 100;
  constexpr int kBatchUs = 1000;  // far longer than the kernel needs
  if (*count == 0) {
    *count = MigrationCount();
  }
  for (int reads = 0; reads < kMaxReads; ++reads) {
    COWBENCH_RETURN_IF_ERROR(read());
    const uint64_t before = std::exchange(*count, MigrationCount());
    if (*count == before) {
      break;
    }
    usleep(kBatchUs);
  }
  return absl::OkStatus();
}

}  // namespace cowbench::probe
