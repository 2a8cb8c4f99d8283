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
  int64_t time;
};
inline constexpr uint64_t kBpfErrorMask = 0xfff;

// The faults of one CPU: a page with this, and then the faults in a ring. Only
// the fault program moves the head, only the reader the tail; neither ever goes
// back.
struct BpfArea {
  uint64_t head;
  uint64_t lost;       // faults for which there was no room
  uint64_t in_chain;   // 1 while a call chain is being recorded
  uint64_t unused[5];  // keeps the tail out of the program's cache line
  uint64_t tail;
};

inline constexpr size_t kBpfPage = 4096;  // of x86-64

// Descriptors of the maps that the programs use.
struct BpfMaps {
  int traced;  // one bit for each process: whether it is traced
  int areas;   // a BpfArea for each CPU
  int chains;  // an event for each CPU that records call chains
};

// How a program gets its arguments: directly (BPF_PROG_TYPE_RAW_TRACEPOINT), or
// from the record of an event (BPF_PROG_TYPE_TRACEPOINT).
enum class BpfSource { kRaw, kEvent };

// Adds each fault of a traced process to the area of its CPU, and records the
// call chain of one in kFaultsPerChain. `room`, a power of two, is the number
// of faults in an area.
std::vector<bpf_insn> BpfFaultProgram(const BpfMaps& maps, BpfSource source,
                                      size_t room);

// Makes the children of traced processes traced. Where the record of the event
// task:task_newtask has its fields pid and clone_flags depends on the kernel.
std::vector<bpf_insn> BpfBirthProgram(const BpfMaps& maps, int16_t pid_offset,
                                      int16_t flags_offset);

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_BPF_PROGRAM_H_
