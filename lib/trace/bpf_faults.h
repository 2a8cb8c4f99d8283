// Records the page faults of processes by a program in the kernel, bpf(2).
//
// A record of perf_event_open(2) costs the traced program several times as much
// (docs/program.md, "What it costs"). The program runs at each page fault of
// every process on the machine, and asks first whether that process is traced;
// another one runs each time that a CPU goes to another thread.
// The kernel removes them when we end, however we end. They need CAP_BPF and
// CAP_PERFMON, tracefs, x86-64, and the initial PID namespace.
//
// bpf(2) is called directly: of libbpf, only its few wrappers of that system
// call would serve, and they would be one more library to install and to load.
#ifndef COWBENCH_LIB_TRACE_BPF_FAULTS_H_
#define COWBENCH_LIB_TRACE_BPF_FAULTS_H_

#include <sys/mman.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "lib/trace/bpf_program.h"
#include "lib/trace/fault_ring.h"

namespace cowbench::trace {

// Some pages of a map of the kernel's programs, in our memory: all that
// mmap(2) asks for counts as ours.
class MapWindow {
 public:
  MapWindow(int map, size_t first, size_t bytes);
  MapWindow(const MapWindow&) = delete;
  MapWindow& operator=(const MapWindow&) = delete;
  ~MapWindow();

  bool ok() const { return memory_ != MAP_FAILED; }
  // What is at `first`.
  template <typename T>
  T* at() const {
    return reinterpret_cast<T*>(static_cast<char*>(memory_) + skipped_);
  }

 private:
  size_t skipped_;  // a window begins at the beginning of a page
  size_t bytes_;
  void* memory_;
};

class BpfFaults {
 public:
  // Records faults of `process`, and of all processes that traced processes
  // start, with room for `room` faults for each of `cpus` CPUs (rounded down to
  // a power of two). Returns null where that is not possible.
  static std::unique_ptr<BpfFaults> Open(pid_t process, int cpus, size_t room);

  BpfFaults(const BpfFaults&) = delete;
  BpfFaults& operator=(const BpfFaults&) = delete;
  ~BpfFaults();

  // Makes `event`, of the kind PERF_COUNT_SW_BPF_OUTPUT, record the call chains
  // on its CPU.
  bool RecordChains(int cpu, int event) const;

  // Begins to record, in the way that costs least on this kernel, or in the
  // given one. Returns false where that is not possible.
  bool Start();
  bool Start(BpfSource source);

  // Records faults of `process`, too, none of whose threads is running.
  void Trace(pid_t process) { SetTraced(process, true); }
  // Records no more faults of `process`, which is about to end, from when its
  // threads get a CPU again.
  void Forget(pid_t process) { SetTraced(process, false); }

  // How many faults the CPU has recorded. Their chains are in the rings.
  uint64_t Head(int cpu) const;

  // Appends the faults up to `head` that were not read yet. `chains` are the
  // records of call chains on this CPU; gives them to their faults.
  void Read(int cpu, uint64_t head, std::deque<Record>* chains,
            std::vector<Record>* records);

  // The number of faults that were not recorded: there was no room, or the
  // kernel skipped them.
  uint64_t lost() const;

  size_t room() const { return room_; }

 private:
  BpfFaults() = default;

  BpfArea& area(int cpu) const;
  bool SetTraced(pid_t process, bool is_traced);
  int Load(BpfSource source, const std::vector<bpf_insn>& code);
  bool Attach(BpfSource source, const std::string& event, int program);
  size_t AreaBytes() const;

  BpfMaps maps_ = {-1, -1, -1, -1};
  std::vector<int> descriptors_;   // of programs and what they are attached to
  int user_program_ = -1;          // the one for faults of the program itself
  std::deque<MapWindow> headers_;  // of the area of each CPU
  size_t room_ = 0;
};

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_BPF_FAULTS_H_
