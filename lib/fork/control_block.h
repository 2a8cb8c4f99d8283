// The shared memory in which a parent and its children talk to each other.
#ifndef COWBENCH_LIB_FORK_CONTROL_BLOCK_H_
#define COWBENCH_LIB_FORK_CONTROL_BLOCK_H_

#include <sys/types.h>

#include <atomic>
#include <cstdint>

#include "absl/status/status.h"
#include "lib/fork/fork_options.h"
#include "lib/fork/sample.h"

namespace cowbench::internal {

// The phases of a run. A child enters one when the parent says so, and reports
// when it has done its work.
enum Phase : uint32_t {
  kForked = 0,
  kSettle,  // the parent is quiet: become so, too, and prepare the window
  kWindow,  // run the pattern
  kCount,   // of a counted fork: all windows have ended, compare page states
  kExit,
};

struct ChildSlot {
  std::atomic<uint32_t> done;  // the last phase whose work is done
  std::atomic<bool> failed;    // `code` and `error` say why
  absl::StatusCode code;
  char error[240];
};

// What a writer gives back in its window (given_back.h).
struct GivenBack {
  std::atomic<pid_t> writer;  // 0 outside of the window
  std::atomic<uint64_t> pages;
};

struct ControlBlock {
  std::atomic<uint32_t> phase;  // that children may enter; a futex
  GivenBack given_back[kMaxChildren];
  ChildSlot children[kMaxChildren];
  Sample samples[kMaxChildren];
};

}  // namespace cowbench::internal

#endif  // COWBENCH_LIB_FORK_CONTROL_BLOCK_H_
