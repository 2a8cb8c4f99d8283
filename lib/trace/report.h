// What was found out about a program's processes.
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

// Where copies were made: the mapping that the pages lie in, by name, and the
// call path of the write.
struct Culprit {
  uint32_t mapping = 0;  // Report::mapping_names
  // Report::places; 0: nobody saw the write; kNotSampled: one in many is seen,
  // and this was none of them.
  uint32_t path = 0;
  auto operator<=>(const Culprit&) const = default;
};

// The memory of one process, from its birth or exec to its end or exec. Counts
// are of pages.
struct ProcessReport {
  // The order of birth below its parent: "" for the program itself, "1", "2",
  // "2.1".
  std::string name;
  pid_t process = 0;
  std::string command;   // of the program that it has executed, else empty
  bool is_fork = false;  // it was born with a copy of its parent's memory

  uint64_t shared = 0;       // private memory of the parent's, shared at birth
  uint64_t copied = 0;       // of those, by this process
  uint64_t copied_zero = 0;  // of those, the zero page: read but never written
  uint64_t peer_copied = 0;  // of those, by its parent while this one lived
  uint64_t reused = 0;       // written to when nobody else had it any more
  uint64_t fresh = 0;        // absent at birth, there at the end
  // Copies by this process of pages of which it is not the heir: of its
  // children's shared sets, and of pages of files or the zero page that it
  // mapped after its birth.
  uint64_t copied_for_children = 0;
  uint64_t copied_from_cache = 0;
  // The part of `copied` that no look and no record of a fault shows. Where all
  // faults are watched: pages that are private at the end, and may have been
  // left to this process by others; without them `copied` is a lower bound,
  // with them an upper one. Of samples: pages that were given back before the
  // end, as many as the kernel counted beyond those that were found, or as the
  // samples among them stand for.
  uint64_t unseen = 0;
  // All copies by the kernel's own count, where it can be read.
  std::optional<uint64_t> kernel_copies;

  uint64_t minor_faults = 0;
  uint64_t major_faults = 0;
  // Nanoseconds that its parent's fork took, from the system call's beginning
  // until the child's memory was complete: what grows with the memory, but
  // neither the way back to the program nor our own stop there. 0: not known.
  int64_t fork_time = 0;
  int64_t begin = 0;  // NowNanoseconds()
  int64_t end = 0;
  bool executed = false;  // its memory ended by execve(2)
  // Its end came before it could be looked at: only what was seen is counted.
  bool lost = false;
  bool unreadable = false;  // we may not see its page tables
  int status = 0;           // wait(2)

  std::map<Culprit, uint64_t> culprits;
  // With Report::interval: how many of `copied` and of `peer_copied` there had
  // been at the end of each interval since `begin`.
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
  int64_t interval = 0;  // nanoseconds; 0: nothing over time
  // What is missing, one sentence each.
  std::vector<std::string> notes;
  bool has_blame = false;   // page faults were watched
  bool is_sampled = false;  // counts come from page tables
  bool exact = false;       // frame numbers or the kernel's own count were read
};

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_REPORT_H_
