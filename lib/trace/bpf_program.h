// The programs that BpfFaults runs in the kernel, in the instructions of its
// virtual machine (Documentation/bpf/standardization/instruction-set.rst).
// Written by hand, because a compiler for them would be one more thing that a
// build needs.
#ifndef COWBENCH_LIB_TRACE_BPF_PROGRAM_H_
#define COWBENCH_LIB_TRACE_BPF_PROGRAM_H_

#include <linux/bpf.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cowbench::trace {

// A page fault.
struct BpfFault {
  // The page, and below it the processor's error code.
  uint64_t page_and_error;
  uint64_t process_and_thread;  // bpf_get_current_pid_tgid()
  int64_t time;                 // when its run began, CLOCK_MONOTONIC
};
inline constexpr uint64_t kBpfErrorMask = 0xfff;

// The faults of one CPU: a page with this, and then the faults in a ring. Only
// the programs move the head, only the reader the tail; neither ever goes back.
//
// Each call of a helper function takes about one percent of the time of a copy.
// So a program finds out whose faults these are only at the first one after the
// CPU went to another thread, and reads the clock only at the first fault of a
// run; the others of the run get the same time. A run ends when BpfActivity
// changes, at a tick of the kernel's timer (CONFIG_HZ, 1 to 10 ms), and after a
// call chain. So the faults of all CPUs are in order all the same.
struct BpfArea {
  uint64_t head;
  uint64_t lost;      // faults for which there was no room
  uint64_t in_chain;  // 1 while a call chain is being recorded
  // bpf_get_current_pid_tgid() of the thread that has the CPU; 0: not asked
  // yet; kBpfUntraced. Only faults of the program itself set it, because the
  // kernel may have one in the middle of a switch.
  uint64_t thread;
  uint64_t run_activity;  // BpfActivity at the beginning of the run; 0: no run
  uint64_t run_tick;      // bpf_jiffies64(), likewise
  int64_t run_time;
  uint64_t unused;  // keeps the tail out of the programs' cache line
  uint64_t tail;
};
inline constexpr uint64_t kBpfUntraced = 1;

// In its lower part, how many CPUs have a traced thread that had a fault since
// it got the CPU. The upper part counts what others may depend on: changes of
// that number, faults of other threads, births of traced processes, ends of
// any.
using BpfActivity = uint64_t;
inline constexpr int kBpfChange = 1 << 16;

inline constexpr size_t kBpfPage = 4096;  // of x86-64

// Descriptors of the maps that the programs use.
struct BpfMaps {
  int traced;    // one bit for each process: whether it is traced
  int activity;  // one BpfActivity
  int areas;     // a BpfArea for each CPU
  int chains;    // an event for each CPU that records call chains
};

// How a program gets its arguments: directly (BPF_PROG_TYPE_RAW_TRACEPOINT), or
// from the record of an event (BPF_PROG_TYPE_TRACEPOINT).
enum class BpfSource { kRaw, kEvent };

// Whose instruction faulted.
enum class BpfFaultKind { kUser, kKernel };

// Adds each fault of a traced process to the area of its CPU, and records the
// call chain of one in kFaultsPerChain. `room`, a power of two, is the number
// of faults in an area.
std::vector<bpf_insn> BpfFaultProgram(const BpfMaps& maps, BpfSource source,
                                      BpfFaultKind kind, size_t room);

// Notes that the CPU goes to another thread, at the raw tracepoint
// sched_switch.
std::vector<bpf_insn> BpfSwitchProgram(const BpfMaps& maps);

// Makes the children of traced processes traced. Where the record of the event
// task:task_newtask has its fields pid and clone_flags depends on the kernel.
std::vector<bpf_insn> BpfBirthProgram(const BpfMaps& maps, int16_t pid_offset,
                                      int16_t flags_offset);

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_BPF_PROGRAM_H_
