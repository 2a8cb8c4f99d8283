// Finds call chains in code without frame pointers: from a thread's registers
// and a copy of its stack, with the exception tables that compilers put into
// every file (.eh_frame) and elfutils' libdwfl.
#ifndef COWBENCH_LIB_TRACE_UNWINDER_H_
#define COWBENCH_LIB_TRACE_UNWINDER_H_

#include <sys/types.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "absl/types/span.h"

namespace cowbench::trace {

class Unwinder {
 public:
  // The registers that perf_event_open(2) shall record (asm/perf_regs.h); none
  // on processors that this class does not support.
#if defined(__x86_64__)
  // AX to IP, and R8 to R15.
  static constexpr uint64_t kRegisters = 0xff01ff;
#elif defined(__aarch64__)
  // X0 to X29, LR, SP and PC.
  static constexpr uint64_t kRegisters = (uint64_t{1} << 33) - 1;
#else
  static constexpr uint64_t kRegisters = 0;
#endif

  // Callers of a sample; perf's own call chains are as long.
  static constexpr uint16_t kLongestChain = 96;

  // The state of a thread when it was sampled.
  struct State {
    std::array<uint64_t, std::popcount(kRegisters)> registers;
    absl::Span<const char> stack;  // starts at the stack pointer
  };

  Unwinder();
  Unwinder(const Unwinder&) = delete;
  Unwinder& operator=(const Unwinder&) = delete;
  ~Unwinder();

  // A process was born and has not run yet. Keeps its mappings, so that its
  // samples can be unwound even if it executes a program before they are read.
  void Begin(pid_t process);
  // The process has executed a program, or has ended.
  void Forget(pid_t process);

  // Returns the addresses of the instructions, the innermost first, as far out
  // as the copy of the stack goes. `thread` serves to read the mappings if the
  // first thread of the process has ended.
  std::vector<uint64_t> Unwind(pid_t process, pid_t thread, const State& state);

 private:
  struct Code;
  struct Process {
    std::shared_ptr<Code> code;
    // How many addresses were in no file of `code`.
    uint64_t misses = 0;
  };

  std::shared_ptr<Code> Read(pid_t process, pid_t thread) const;

  std::map<pid_t, Process> processes_;
};

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_UNWINDER_H_
