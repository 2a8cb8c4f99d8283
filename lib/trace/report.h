// The results of a trace.
#ifndef COWBENCH_LIB_TRACE_REPORT_H_
#define COWBENCH_LIB_TRACE_REPORT_H_

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lib/trace/places.h"

namespace cowbench::trace {

// The source of copies: the name of the mapping that holds the pages, and the
// call path of the write.
struct Culprit {
  uint32_t mapping = 0;  // Report::mapping_names
  // An index of Report::places. 0: no record of the write. kNotSampled: the
  // write was recorded, but without its call path.
  uint32_t path = 0;
  auto operator<=>(const Culprit&) const = default;
};

// The memory of one process, from its birth or exec to its end or next exec.
// All counts are in pages.
struct ProcessReport {
  // The order of birth among siblings, after the name of the parent: "" for the
  // program itself, "1", "2", "2.1".
  std::string name;
  pid_t process = 0;
  std::string command;   // the program that it executed; else empty
  bool is_fork = false;  // it was born with a copy of its parent's memory

  uint64_t shared = 0;       // private pages shared with the parent at birth
  uint64_t copied = 0;       // of those, by this process
  uint64_t copied_zero = 0;  // of those, the zero page: read but never written
  uint64_t peer_copied = 0;  // of those, by its parent while this one lived
  uint64_t reused = 0;       // written to when no other process mapped it
  uint64_t fresh = 0;        // absent at birth, there at the end
  // Copies by this process of pages that it did not inherit: pages that its own
  // children shared, and pages of files or the zero page that it mapped after
  // its birth.
  uint64_t copied_for_children = 0;
  uint64_t copied_from_cache = 0;
  // The part of `copied` that no page table comparison and no fault record
  // proves. If all faults were recorded: pages that are private at the end, but
  // that others may simply have left to this process; without them `copied` is
  // a lower bound, with them an upper bound. If faults were sampled: pages that
  // the process gave back before its end, estimated from the kernel's count or
  // from the samples.
  uint64_t unseen = 0;
  // All copies according to the kernel, where that count can be read.
  std::optional<uint64_t> kernel_copies;

  uint64_t minor_faults = 0;
  uint64_t major_faults = 0;
  // How long the parent's fork took, in nanoseconds: from the entry of the
  // system call until the child's memory was complete. It grows with the
  // memory, and leaves out the return to the program and our stop of the
  // parent. 0: not known.
  int64_t fork_time = 0;
  int64_t begin = 0;  // NowNanoseconds()
  int64_t end = 0;
  bool executed = false;  // its memory ended with execve(2)
  // The process ended before it could be inspected, so only recorded faults
  // count.
  bool lost = false;
  bool unreadable = false;  // we have no permission to read its page tables
  int status = 0;           // wait(2)

  std::map<Culprit, uint64_t> culprits;
  // If Report::interval is set: the sums of `copied` and `peer_copied` at the
  // end of each interval since `begin`.
  std::vector<uint64_t> copied_over_time;
  std::vector<uint64_t> peer_copied_over_time;

  uint64_t AllCopies() const {
    return copied + copied_for_children + copied_from_cache;
  }
};

struct Report {
  std::vector<ProcessReport> processes;  // in the order of birth
  std::vector<std::string> mapping_names;
  Places places;
  uint64_t page_size = 0;
  uint64_t most_extra =
      0;  // pages: the largest sum of living processes' copies
  uint64_t lost_samples = 0;
  int64_t interval = 0;  // nanoseconds; 0: no counts over time
  // What the report could not cover, one sentence each.
  std::vector<std::string> notes;
  bool has_blame = false;   // page faults were watched
  bool is_sampled = false;  // counts come from page tables
  bool exact = false;       // frame numbers or the kernel's own count were read
  // The kernel moved pages (lib/probe/migrations.h), so that frame numbers did
  // not tell which pages were copied.
  bool has_moved_pages = false;
};

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_REPORT_H_
