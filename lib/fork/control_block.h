// The shared memory through which a parent and its children communicate.
#ifndef COWBENCH_LIB_FORK_CONTROL_BLOCK_H_
#define COWBENCH_LIB_FORK_CONTROL_BLOCK_H_

#include <sys/types.h>

#include <atomic>
#include <cstdint>

#include "absl/status/status.h"
#include "lib/fork/fork_options.h"
#include "lib/fork/sample.h"

namespace cowbench::internal {

// The phases of a run. The parent tells its children to enter a phase; each
// child reports when it is done with it.
enum Phase : uint32_t {
  kForked = 0,
  kSettle,  // the parent has settled: settle, too, and prepare the window
  kWindow,  // run the pattern
  kCount,   // counted forks only: all windows have ended, compare page states
  kExit,
};

struct ChildSlot {
  std::atomic<uint32_t> done;  // the last phase that the child is done with
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
  std::atomic<uint32_t> phase;  // the last one to enter; a futex
  GivenBack given_back[kMaxChildren];
  ChildSlot children[kMaxChildren];
  Sample samples[kMaxChildren];
};

}  // namespace cowbench::internal

#endif  // COWBENCH_LIB_FORK_CONTROL_BLOCK_H_
