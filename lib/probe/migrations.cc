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
      .migrated_pages = NumberOf(vmstat, "pgmigrate_success").value_or(0) +
                        NumberOf(vmstat, "pgmigrate_fail").value_or(0),
      .isolated_pages = NumberOf(vmstat, "compact_isolated").value_or(0),
      .collapsed_huge_pages =
          NumberOf(vmstat, "thp_collapse_alloc").value_or(0),
  };
}

uint64_t MigrationCount() {
  const KernelActions actions = ReadKernelActions();
  // Not 0, which stands for a count that was not taken.
  return 1 + actions.migrated_pages + actions.isolated_pages +
         actions.collapsed_huge_pages;
}

absl::Status ReadUndisturbed(absl::FunctionRef<absl::Status()> read,
                             uint64_t* count) {
  constexpr auto kPatience = std::chrono::milliseconds(100);
  constexpr int kBatchUs = 1000;  // the kernel seldom needs longer
  const auto begin = std::chrono::steady_clock::now();
  if (*count == 0) {
    *count = MigrationCount();
  }
  while (true) {
    COWBENCH_RETURN_IF_ERROR(read());
    const uint64_t now = MigrationCount();
    if (now == *count || std::chrono::steady_clock::now() - begin > kPatience) {
      // `*count` is that of before the last read: if that was disturbed, no
      // later count is the same.
      return absl::OkStatus();
    }
    *count = now;
    usleep(kBatchUs);
  }
}

}  // namespace cowbench::probe
