#include "lib/probe/migrations.h"

#include <unistd.h>

#include <chrono>
#include <string_view>

#include "absl/status/statusor.h"
#include "lib/base/small_file.h"
#include "lib/base/status_macros.h"
#include "lib/probe/shared_memory.h"

namespace cowbench::probe {

KernelActions ReadKernelActions() {
  // Not on the stack, whose pages are counted, too.
  constexpr size_t kRoom = size_t{64} << 10;
  const absl::StatusOr<SharedMemory> memory = SharedMemory::Map(kRoom);
  if (!memory.ok()) {
    return {};
  }
  const std::string_view vmstat =
      ReadSmallFile("/proc/vmstat", {memory->as<char>(), kRoom}).value_or("");
  return {
      .migrated_pages = NumberOf(vmstat, "pgmigrate_success").value_or(0),
      .failed_pages = NumberOf(vmstat, "pgmigrate_fail").value_or(0),
      .isolated_pages = NumberOf(vmstat, "compact_isolated").value_or(0),
      .collapsed_huge_pages =
          NumberOf(vmstat, "thp_collapse_alloc").value_or(0),
  };
}

absl::Status ReadUndisturbed(absl::FunctionRef<absl::Status()> read,
                             KernelActions* actions) {
  constexpr auto kPatience = std::chrono::milliseconds(100);
  constexpr int kBatchUs = 1000;  // the kernel seldom needs longer
  const auto begin = std::chrono::steady_clock::now();
  if (*actions == KernelActions()) {
    *actions = ReadKernelActions();
  }
  while (true) {
    COWBENCH_RETURN_IF_ERROR(read());
    const KernelActions now = ReadKernelActions();
    if (now == *actions ||
        std::chrono::steady_clock::now() - begin > kPatience) {
      // `*actions` are those before the last read: if that was disturbed, no
      // later ones are the same.
      return absl::OkStatus();
    }
    *actions = now;
    usleep(kBatchUs);
  }
}

}  // namespace cowbench::probe
