#include "benchmarks/calibration/methods.h"

#include <unistd.h>

#include <cerrno>
#include <initializer_list>
#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "lib/base/small_file.h"
#include "lib/base/status_macros.h"
#include "lib/probe/faults.h"
#include "lib/probe/mappings.h"
#include "lib/probe/oracle.h"
#include "lib/probe/page_snapshot.h"
#include "lib/probe/shared_memory.h"

namespace cowbench {
namespace {

// The sum in bytes of fields of a file in /proc, which are in KiB.
absl::StatusOr<int64_t> SumOfFields(
    const char* path, std::initializer_list<std::string_view> fields) {
  char room[4096];  // on the settled stack
  const std::optional<std::string_view> text = ReadSmallFile(path, room);
  if (!text.has_value()) {
    return absl::ErrnoToStatus(errno, path);
  }
  uint64_t kibibytes = 0;
  for (const std::string_view field : fields) {
    kibibytes += NumberOf(*text, field).value_or(0);
  }
  return static_cast<int64_t>(kibibytes) * 1024;
}

// Runs the window between two readings, and returns their difference.
template <typename Read>
absl::StatusOr<int64_t> Difference(absl::FunctionRef<void()> window,
                                   Read read) {
  const absl::StatusOr<int64_t> before = read();
  window();
  const absl::StatusOr<int64_t> after = read();
  COWBENCH_RETURN_IF_ERROR(before.status());
  COWBENCH_RETURN_IF_ERROR(after.status());
  return *after - *before;
}

// The memory that the whole system has left, as `free` shows it.
absl::StatusOr<int64_t> MemInfo(const DataSet&,
                                absl::FunctionRef<void()> window) {
  COWBENCH_ASSIGN_OR_RETURN(
      const int64_t gained, Difference(window, [] {
        return SumOfFields("/proc/meminfo", {"MemFree", "Buffers", "Cached"});
      }));
  return -gained;
}

// What Redis logs after a snapshot: zmalloc_get_private_dirty().
absl::StatusOr<int64_t> PrivateDirty(const DataSet&,
                                     absl::FunctionRef<void()> window) {
  return Difference(window, [] {
    return SumOfFields("/proc/self/smaps_rollup", {"Private_Dirty"});
  });
}

// psutil's Process.memory_full_info().uss: every line that begins with
// "Private_".
absl::StatusOr<int64_t> UniqueSetSize(const DataSet&,
                                      absl::FunctionRef<void()> window) {
  return Difference(window, [] {
    return SumOfFields("/proc/self/smaps_rollup",
                       {"Private_Clean", "Private_Dirty", "Private_Hugetlb"});
  });
}

// What /usr/bin/time prints, over the window.
absl::StatusOr<int64_t> MinorFaults(const DataSet&,
                                    absl::FunctionRef<void()> window) {
  return Difference(window, []() -> absl::StatusOr<int64_t> {
    probe::Faults now;
    if (!probe::ReadFaults(&now)) {
      return absl::ErrnoToStatus(errno, "getrusage");
    }
    return now.minor * static_cast<int64_t>(probe::PageSize());
  });
}

absl::StatusOr<int64_t> FrameNumbers(const DataSet&,
                                     absl::FunctionRef<void()> window) {
  COWBENCH_ASSIGN_OR_RETURN(const probe::FrameSnapshot before,
                            probe::FrameSnapshot::Take());
  window();
  COWBENCH_ASSIGN_OR_RETURN(const probe::FrameChanges changes,
                            before.Compare());
  return static_cast<int64_t>(changes.moved_pages * probe::PageSize());
}

absl::Status FrameNumbersAvailable() {
  return probe::FrameSnapshot::Take().status();
}

absl::StatusOr<int64_t> TaskStats(const DataSet&,
                                  absl::FunctionRef<void()> window) {
  return Difference(window, []() -> absl::StatusOr<int64_t> {
    COWBENCH_ASSIGN_OR_RETURN(const uint64_t count, probe::KernelCopyCount());
    return static_cast<int64_t>(count * probe::PageSize());
  });
}

absl::StatusOr<int64_t> PageSnapshot(const DataSet&,
                                     absl::FunctionRef<void()> window) {
  COWBENCH_ASSIGN_OR_RETURN(
      const probe::SharedMemory memory,
      probe::SharedMemory::Map(sizeof(probe::PageSnapshot)));
  auto* const snapshot = memory.as<probe::PageSnapshot>();
  COWBENCH_RETURN_IF_ERROR(snapshot->Take());
  window();
  COWBENCH_ASSIGN_OR_RETURN(const probe::PageChanges changes,
                            snapshot->Compare());
  return static_cast<int64_t>(changes.copied_pages * probe::PageSize());
}

constexpr Method kMethods[] = {
    {"meminfo", nullptr, MemInfo},
    {"private_dirty", nullptr, PrivateDirty},
    {"uss", nullptr, UniqueSetSize},
    {"minor_faults", nullptr, MinorFaults},
    {"pagemap_scan", WrittenPagesAvailable, MeasureWrittenPages},
    {"frame_numbers", FrameNumbersAvailable, FrameNumbers},
    {"taskstats", probe::OraclesAvailable, TaskStats},
    {"cowbench", nullptr, PageSnapshot},
};

}  // namespace

absl::Span<const Method> Methods() { return kMethods; }

}  // namespace cowbench
