#include "lib/trace/bpf_faults.h"

#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string>

#include "lib/trace/fault_events.h"

namespace cowbench::trace {
namespace {

constexpr char kUserFaults[] = "page_fault_user";
constexpr char kKernelFaults[] = "page_fault_kernel";
constexpr char kBirths[] = "task/task_newtask";
constexpr char kSwitches[] = "sched_switch";

// One bit for each process that there can be (PID_MAX_LIMIT in the kernel's
// linux/threads.h).
constexpr uint32_t kProcesses = 4 << 20;
constexpr uint32_t kBitsInWord = 64;

// How many faults are mapped at a time.
constexpr uint64_t kFaultsInWindow = 4096;

// Whether the tracepoints and AccessOf() are those of this processor.
#if defined(__x86_64__)
constexpr bool kIsSupported = true;
#else
constexpr bool kIsSupported = false;
#endif

int Bpf(bpf_cmd command, bpf_attr attributes) {
  return static_cast<int>(
      syscall(SYS_bpf, command, &attributes, sizeof(attributes)));
}

uint64_t Address(const void* at) { return reinterpret_cast<uint64_t>(at); }

int MakeMap(bpf_map_type type, uint32_t value_size, uint32_t count) {
  bpf_attr attributes = {};
  attributes.map_type = type;
  attributes.key_size = sizeof(uint32_t);
  attributes.value_size = value_size;
  attributes.max_entries = count;
  attributes.map_flags = type == BPF_MAP_TYPE_ARRAY ? BPF_F_MMAPABLE : 0;
  return Bpf(BPF_MAP_CREATE, attributes);
}

// Process numbers in the kernel's programs are those of the initial PID
// namespace; its inode number is fixed (PROC_PID_INIT_INO in the kernel's
// linux/proc_ns.h).
bool AreOurProcessNumbersTheKernels() {
  struct stat status;
  return stat("/proc/self/ns/pid", &status) == 0 && status.st_ino == 0xeffffffc;
}

// Whether the kernel finishes a program on a raw tracepoint before another task
// gets the CPU. If it does not, it skips the program for faults of the other
// task. Newer kernels do not disable preemption in include/linux/tracepoint.h,
// but still do for the events that are made from tracepoints
// (include/trace/perf.h).
bool AreRawProgramsFinishedFirst() {
  constexpr int kFirstNewer = 7;
  utsname system;
  return uname(&system) == 0 && atoi(system.release) < kFirstNewer;
}

// Adds a fault to the records, with its chain if it has one. The chain was
// recorded before `next`, the time of the next fault on this CPU, which begins
// a run because the chain ended one. A later one is that of another fault, and
// the chain of this one was lost.
void AddFault(const BpfFault& fault, bool has_chain, int64_t next,
              std::deque<Record>* chains, std::vector<Record>* records) {
  Record& record = records->emplace_back();
  record.time = fault.time;
  record.access = AccessOf(fault.page_and_error & kBpfErrorMask);
  record.process = static_cast<pid_t>(fault.process_and_thread >> 32);
  record.thread = static_cast<pid_t>(fault.process_and_thread);
  record.address = fault.page_and_error & ~kBpfErrorMask;
  if (!has_chain) {
    return;
  }
  while (!chains->empty() && chains->front().time < fault.time) {
    chains->pop_front();
  }
  if (!chains->empty() && chains->front().time <= next &&
      chains->front().thread == record.thread) {
    record.chain = chains->front().chain;
    chains->pop_front();
  }
}

}  // namespace

MapWindow::MapWindow(int map, size_t first, size_t bytes)
    : skipped_(first % kBpfPage),
      bytes_(skipped_ + bytes),
      memory_(mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, map,
                   static_cast<off_t>(first - skipped_))) {}

MapWindow::~MapWindow() {
  if (ok()) {
    munmap(memory_, bytes_);
  }
}

std::unique_ptr<BpfFaults> BpfFaults::Open(pid_t process, int cpus,
                                           size_t room) {
  if (!kIsSupported || !AreOurProcessNumbersTheKernels()) {
    return nullptr;
  }
  std::unique_ptr<BpfFaults> faults(new BpfFaults);
  faults->room_ = std::bit_floor(room);
  const auto count = static_cast<uint32_t>(cpus);
  faults->maps_ = {
      .traced = MakeMap(BPF_MAP_TYPE_ARRAY, sizeof(uint64_t),
                        kProcesses / kBitsInWord),
      .activity = MakeMap(BPF_MAP_TYPE_ARRAY, sizeof(BpfActivity), 1),
      .areas = MakeMap(BPF_MAP_TYPE_ARRAY,
                       static_cast<uint32_t>(faults->AreaBytes()), count),
      .chains =
          MakeMap(BPF_MAP_TYPE_PERF_EVENT_ARRAY, sizeof(uint32_t), count)};
  if (faults->maps_.traced < 0 || faults->maps_.activity < 0 ||
      faults->maps_.areas < 0 || faults->maps_.chains < 0 ||
      !faults->SetTraced(process, true)) {
    return nullptr;
  }
  for (size_t cpu = 0; cpu < count; ++cpu) {
    if (!faults->headers_
             .emplace_back(faults->maps_.areas, cpu * faults->AreaBytes(),
                           kBpfPage)
             .ok()) {
      return nullptr;
    }
  }
  return faults;
}

BpfFaults::~BpfFaults() {
  for (const int descriptor : descriptors_) {
    close(descriptor);
  }
  for (const int map :
       {maps_.traced, maps_.activity, maps_.areas, maps_.chains}) {
    if (map >= 0) {
      close(map);
    }
  }
}

size_t BpfFaults::AreaBytes() const {
  const size_t pages = (room_ * sizeof(BpfFault) + kBpfPage - 1) / kBpfPage;
  return (1 + pages) * kBpfPage;
}

BpfArea& BpfFaults::area(int cpu) const {
  return *headers_[static_cast<size_t>(cpu)].at<BpfArea>();
}

bool BpfFaults::SetTraced(pid_t process, bool is_traced) {
  const auto number = static_cast<uint32_t>(process);
  const MapWindow window(maps_.traced, number / kBitsInWord * sizeof(uint64_t),
                         sizeof(uint64_t));
  if (!window.ok()) {
    return false;
  }
  const std::atomic_ref<uint64_t> bits(*window.at<uint64_t>());
  const uint64_t bit = uint64_t{1} << (number % kBitsInWord);
  is_traced ? bits.fetch_or(bit) : bits.fetch_and(~bit);
  return true;
}

bool BpfFaults::RecordChains(int cpu, int event) const {
  const auto key = static_cast<uint32_t>(cpu);
  bpf_attr attributes = {};
  attributes.map_fd = static_cast<uint32_t>(maps_.chains);
  attributes.key = Address(&key);
  attributes.value = Address(&event);
  return Bpf(BPF_MAP_UPDATE_ELEM, attributes) == 0;
}

// Returns a descriptor; -1 if the kernel refuses the program.
int BpfFaults::Load(BpfSource source, const std::vector<bpf_insn>& code) {
  bpf_attr attributes = {};
  attributes.prog_type = source == BpfSource::kRaw
                             ? BPF_PROG_TYPE_RAW_TRACEPOINT
                             : BPF_PROG_TYPE_TRACEPOINT;
  attributes.insns = Address(code.data());
  attributes.insn_cnt = static_cast<uint32_t>(code.size());
  attributes.license = Address("GPL");
  const int program = Bpf(BPF_PROG_LOAD, attributes);
  if (program >= 0) {
    descriptors_.push_back(program);
  }
  return program;
}

// `event` has its subsystem for BpfSource::kEvent only.
bool BpfFaults::Attach(BpfSource source, const std::string& event,
                       int program) {
  if (source == BpfSource::kRaw) {
    bpf_attr attributes = {};
    attributes.raw_tracepoint.name = Address(event.c_str());
    attributes.raw_tracepoint.prog_fd = static_cast<uint32_t>(program);
    const int link = Bpf(BPF_RAW_TRACEPOINT_OPEN, attributes);
    if (link >= 0) {
      descriptors_.push_back(link);
    }
    return link >= 0;
  }
  const std::optional<uint64_t> id = TracepointId(event);
  if (!id) {
    return false;
  }
  perf_event_attr attributes = {};
  attributes.size = sizeof(attributes);
  attributes.type = PERF_TYPE_TRACEPOINT;
  attributes.config = *id;
  // The program runs on all CPUs, whatever CPU the event is for.
  const int descriptor = static_cast<int>(syscall(
      SYS_perf_event_open, &attributes, -1, 0, -1, PERF_FLAG_FD_CLOEXEC));
  if (descriptor < 0) {
    return false;
  }
  descriptors_.push_back(descriptor);
  return ioctl(descriptor, PERF_EVENT_IOC_SET_BPF, program) == 0;
}

bool BpfFaults::Start() {
  return Start(AreRawProgramsFinishedFirst() ? BpfSource::kRaw
                                             : BpfSource::kEvent);
}

bool BpfFaults::Start(BpfSource source) {
  const std::optional<int16_t> pid = TracepointField(kBirths, "pid");
  const std::optional<int16_t> flags = TracepointField(kBirths, "clone_flags");
  if (!pid || !flags) {
    return false;
  }
  const int births =
      Load(BpfSource::kEvent, BpfBirthProgram(maps_, *pid, *flags));
  // Raw on all kernels: no other task gets the CPU in the middle of a switch.
  const int switches = Load(BpfSource::kRaw, BpfSwitchProgram(maps_));
  // Each has its own count of what it missed, for lost(): the kernel does not
  // run a program while that program runs on the CPU, and counts this. While
  // the one for user faults records a chain, there are kernel faults only.
  user_program_ =
      Load(source, BpfFaultProgram(maps_, source, BpfFaultKind::kUser, room_));
  const int kernel_program = Load(
      source, BpfFaultProgram(maps_, source, BpfFaultKind::kKernel, room_));
  const std::string subsystem = source == BpfSource::kRaw ? "" : "exceptions/";
  return births >= 0 && switches >= 0 && user_program_ >= 0 &&
         kernel_program >= 0 && Attach(BpfSource::kEvent, kBirths, births) &&
         Attach(BpfSource::kRaw, kSwitches, switches) &&
         Attach(source, subsystem + kUserFaults, user_program_) &&
         Attach(source, subsystem + kKernelFaults, kernel_program);
}

uint64_t BpfFaults::Head(int cpu) const {
  return std::atomic_ref<uint64_t>(area(cpu).head)
      .load(std::memory_order_acquire);
}

void BpfFaults::Read(int cpu, uint64_t head, std::deque<Record>* chains,
                     std::vector<Record>* records) {
  std::atomic_ref<uint64_t> tail(area(cpu).tail);
  for (uint64_t at = tail; at < head;) {
    const uint64_t place = at % room_;
    const uint64_t count =
        std::min({head - at, room_ - place, kFaultsInWindow});
    const MapWindow window(maps_.areas,
                           static_cast<size_t>(cpu) * AreaBytes() + kBpfPage +
                               place * sizeof(BpfFault),
                           count * sizeof(BpfFault));
    if (!window.ok()) {
      return;  // no memory; perhaps later
    }
    const BpfFault* const faults = window.at<BpfFault>();
    for (uint64_t i = 0; i < count; ++i) {
      AddFault(faults[i], (at + i + 1) % kFaultsPerChain == 0,
               i + 1 < count ? faults[i + 1].time
                             : std::numeric_limits<int64_t>::max(),
               chains, records);
    }
    at += count;
    tail.store(at, std::memory_order_release);
  }
}

uint64_t BpfFaults::lost() const {
  uint64_t lost = 0;
  for (const MapWindow& header : headers_) {
    lost += std::atomic_ref<uint64_t>(header.at<BpfArea>()->lost)
                .load(std::memory_order_relaxed);
  }
  bpf_prog_info info = {};
  bpf_attr attributes = {};
  attributes.info.bpf_fd = static_cast<uint32_t>(user_program_);
  attributes.info.info_len = sizeof(info);
  attributes.info.info = Address(&info);
  Bpf(BPF_OBJ_GET_INFO_BY_FD, attributes);
  return lost + info.recursion_misses;
}

}  // namespace cowbench::trace
