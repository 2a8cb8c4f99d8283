#include "lib/trace/bpf_program.h"

#include <sched.h>

#include "lib/trace/fault_ring.h"

namespace cowbench::trace {
namespace {

// Where the kernel's record of exceptions:page_fault_user and page_fault_kernel
// and its raw form have the address and the error code
// (arch/x86/include/asm/trace/exceptions.h).
constexpr int16_t kEventAddress = 8;
constexpr int16_t kEventError = 24;
constexpr int16_t kRawAddress = 0;
constexpr int16_t kRawError = 16;

// Where the arguments of sched_switch have the state of the thread that loses
// the CPU (since Linux 5.18), and the state of one that has ended
// (include/linux/sched.h).
constexpr int16_t kRawState = 24;
constexpr int32_t kTaskDead = 0x80;

// Registers. A call takes its arguments from r1 to r5, returns r0, and leaves
// only r6 to r10 as they were. At the start, r1 is the context.
enum Register : uint8_t { r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, stack };

class Assembler {
 public:
  std::vector<bpf_insn> code() && { return std::move(code_); }

  // to = from
  void Move(Register to, Register from) { Compute(BPF_MOV, to, from); }
  void Set(Register to, int32_t value) { Compute(BPF_MOV, to, value); }

  // to = to OPERATION value, in 64 bits
  void Compute(int operation, Register to, Register value) {
    Add(BPF_ALU64 | BPF_X | operation, to, value, 0, 0);
  }
  void Compute(int operation, Register to, int32_t value) {
    Add(BPF_ALU64 | BPF_K | operation, to, r0, 0, value);
  }

  // to = *(base + offset)
  void Load(Register to, Register base, size_t offset, int size = BPF_DW) {
    Add(BPF_LDX | BPF_MEM | size, to, base, offset, 0);
  }
  // *(base + offset) = value
  void Store(Register base, size_t offset, Register value, int size = BPF_DW) {
    Add(BPF_STX | BPF_MEM | size, base, value, offset, 0);
  }
  // *(base + offset) = value
  void Store(Register base, size_t offset, int32_t value) {
    Add(BPF_ST | BPF_MEM | BPF_DW, base, r0, offset, value);
  }
  // *base = *base OPERATION value, atomically
  void Atomic(int operation, Register base, Register value) {
    Add(BPF_STX | BPF_ATOMIC | BPF_DW, base, value, 0, operation);
  }

  // to = the map with this descriptor; or the address of its only value
  void LoadMap(Register to, int descriptor, int kind = BPF_PSEUDO_MAP_FD) {
    Add(BPF_LD | BPF_IMM | BPF_DW, to, Register(kind), 0, descriptor);
    Add(0, r0, r0, 0, 0);  // the upper half of the value
  }
  void LoadValue(Register to, int descriptor) {
    LoadMap(to, descriptor, BPF_PSEUDO_MAP_VALUE);
  }

  void Call(bpf_func_id function) {
    Add(BPF_JMP | BPF_CALL, r0, r0, 0, function);
  }
  // With 0, others who watch the same event would get no record of it
  // (kernel/events/core.c, perf_trace_run_bpf_submit).
  void Return() {
    Set(r0, 1);
    Add(BPF_JMP | BPF_EXIT, r0, r0, 0, 0);
  }

  // If a CONDITION b, goes on at the place that Land() fixes later.
  [[nodiscard]] size_t Jump(int condition, Register a, int32_t b) {
    Add(BPF_JMP | BPF_K | condition, a, r0, 0, b);
    return code_.size() - 1;
  }
  [[nodiscard]] size_t Jump(int condition, Register a, Register b) {
    Add(BPF_JMP | BPF_X | condition, a, b, 0, 0);
    return code_.size() - 1;
  }
  void Land(size_t jump) {
    code_[jump].off = static_cast<int16_t>(code_.size() - jump - 1);
  }

  // r0 = the address of element `key` of an array; 0 if there is none. The
  // kernel puts the look-up in place of the call.
  void Find(int map, Register key) {
    constexpr auto kKey = static_cast<size_t>(-4);
    Store(stack, kKey, key, BPF_W);
    LoadMap(r1, map);
    Move(r2, stack);
    Compute(BPF_ADD, r2, -4);
    Call(BPF_FUNC_map_lookup_elem);
  }

  // r8 = the area of this CPU. Returns where to land if there is none.
  [[nodiscard]] size_t FindArea(const BpfMaps& maps) {
    Call(BPF_FUNC_get_smp_processor_id);
    Find(maps.areas, r0);
    Move(r8, r0);
    return Jump(BPF_JEQ, r0, 0);
  }

  // r7 = the numbers of the current process and thread; r0 = whether it is
  // traced.
  void FindTraced(const BpfMaps& maps) {
    Call(BPF_FUNC_get_current_pid_tgid);
    Move(r7, r0);
    Compute(BPF_RSH, r0, 32);  // the process
    Compute(BPF_RSH, r0, 6);   // its word of 64 bits
    Find(maps.traced, r0);
    const size_t none = Jump(BPF_JEQ, r0, 0);
    Load(r0, r0, 0);
    Move(r2, r7);
    Compute(BPF_RSH, r2, 32);
    Compute(BPF_AND, r2, 63);
    Compute(BPF_RSH, r0, r2);
    Compute(BPF_AND, r0, 1);  // its bit
    Land(none);
  }

  // Changes the BpfActivity.
  void AddActivity(const BpfMaps& maps, int32_t value) {
    LoadValue(r1, maps.activity);
    Set(r2, value);
    Atomic(BPF_ADD, r1, r2);
  }

  // r0 = the time of the current run of faults. r8 is the area.
  void FindRunTime(const BpfMaps& maps) {
    Call(BPF_FUNC_jiffies64);  // the kernel puts a load in place of the call
    LoadValue(r1, maps.activity);
    Load(r1, r1, 0);
    Move(r2, r1);
    Compute(BPF_AND, r2, kBpfChange - 1);
    const size_t not_alone = Jump(BPF_JNE, r2, 1);
    Load(r2, r8, offsetof(BpfArea, run_activity));
    const size_t new_activity = Jump(BPF_JNE, r2, r1);
    Load(r2, r8, offsetof(BpfArea, run_tick));
    const size_t new_tick = Jump(BPF_JNE, r2, r0);
    Load(r0, r8, offsetof(BpfArea, run_time));
    const size_t goes_on = Jump(BPF_JA, r0, 0);
    Land(not_alone);
    Land(new_activity);
    Land(new_tick);
    Store(r8, offsetof(BpfArea, run_activity), r1);
    Store(r8, offsetof(BpfArea, run_tick), r0);
    Call(BPF_FUNC_ktime_get_ns);  // CLOCK_MONOTONIC
    Store(r8, offsetof(BpfArea, run_time), r0);
    Land(goes_on);
  }

 private:
  void Add(int operation, Register to, Register from, size_t offset,
           int32_t value) {
    bpf_insn& instruction = code_.emplace_back();
    instruction.code = static_cast<uint8_t>(operation);
    instruction.dst_reg = to & 0xf;  // a field of 4 bits
    instruction.src_reg = from & 0xf;
    instruction.off = static_cast<int16_t>(offset);
    instruction.imm = value;
  }

  std::vector<bpf_insn> code_;
};

}  // namespace

std::vector<bpf_insn> BpfFaultProgram(const BpfMaps& maps, BpfSource source,
                                      BpfFaultKind kind, size_t room) {
  const bool is_raw = source == BpfSource::kRaw;
  const bool is_user = kind == BpfFaultKind::kUser;
  Assembler a;
  a.Move(r6, r1);  // the context
  const size_t no_area = a.FindArea(maps);
  a.Load(r7, r8, offsetof(BpfArea, thread));
  const size_t untraced = a.Jump(BPF_JEQ, r7, kBpfUntraced);
  const size_t known = a.Jump(BPF_JNE, r7, 0);
  a.FindTraced(maps);
  const size_t traced = a.Jump(BPF_JNE, r0, 0);
  if (is_user) {
    a.Store(r8, offsetof(BpfArea, thread), kBpfUntraced);
  }
  a.Return();
  a.Land(traced);
  if (is_user) {
    a.Store(r8, offsetof(BpfArea, thread), r7);
  }
  a.AddActivity(maps, is_user ? kBpfChange + 1 : kBpfChange);
  a.Land(known);
  // To record a call chain, the kernel reads the stack of the program. If that
  // faults, the fault is not the program's.
  a.Load(r1, r8, offsetof(BpfArea, in_chain));
  const size_t in_chain = a.Jump(BPF_JNE, r1, 0);

  a.Load(r9, r8, offsetof(BpfArea, head));
  a.Load(r1, r8, offsetof(BpfArea, tail));
  a.Move(r2, r9);
  a.Compute(BPF_SUB, r2, r1);
  const size_t is_full = a.Jump(BPF_JGE, r2, static_cast<int32_t>(room));

  a.FindRunTime(maps);
  a.Move(r1, r9);
  a.Compute(BPF_AND, r1, static_cast<int32_t>(room - 1));
  a.Compute(BPF_MUL, r1, static_cast<int32_t>(sizeof(BpfFault)));
  a.Compute(BPF_ADD, r1, r8);
  a.Compute(BPF_ADD, r1, kBpfPage);  // the fault at the head
  a.Load(r2, r6, is_raw ? kRawAddress : kEventAddress);
  a.Compute(BPF_AND, r2, ~static_cast<int32_t>(kBpfErrorMask));
  a.Load(r3, r6, is_raw ? kRawError : kEventError);
  a.Compute(BPF_AND, r3, static_cast<int32_t>(kBpfErrorMask));
  a.Compute(BPF_OR, r2, r3);
  a.Store(r1, offsetof(BpfFault, page_and_error), r2);
  a.Store(r1, offsetof(BpfFault, process_and_thread), r7);
  a.Store(r1, offsetof(BpfFault, time), r0);

  a.Move(r1, r9);
  a.Compute(BPF_ADD, r1, 1);
  a.Compute(BPF_MOD, r1, kFaultsPerChain);
  const size_t no_chain = a.Jump(BPF_JNE, r1, 0);
  a.Store(r8, offsetof(BpfArea, in_chain), 1);
  a.Move(r1, r6);
  a.LoadMap(r2, maps.chains);
  a.Set(r3, -1);
  a.Compute(BPF_RSH, r3, 32);  // BPF_F_CURRENT_CPU
  a.Move(r4, r8);              // no data: the event adds all that we need
  a.Set(r5, 0);
  a.Call(BPF_FUNC_perf_event_output);
  a.Store(r8, offsetof(BpfArea, in_chain), 0);
  a.Store(r8, offsetof(BpfArea, run_activity), 0);
  a.Land(no_chain);

  // Last, so that a reader who sees the fault finds it and its chain complete
  // (x86 keeps the order of stores).
  a.Compute(BPF_ADD, r9, 1);
  a.Store(r8, offsetof(BpfArea, head), r9);
  a.Land(no_area);
  a.Land(untraced);
  a.Land(in_chain);
  a.Return();

  a.Land(is_full);
  a.Load(r1, r8, offsetof(BpfArea, lost));
  a.Compute(BPF_ADD, r1, 1);
  a.Store(r8, offsetof(BpfArea, lost), r1);
  a.Return();
  return std::move(a).code();
}

std::vector<bpf_insn> BpfSwitchProgram(const BpfMaps& maps) {
  Assembler a;
  a.Load(r6, r1, kRawState);
  const size_t no_area = a.FindArea(maps);
  a.Load(r1, r8, offsetof(BpfArea, thread));
  const size_t no_fault = a.Jump(BPF_JLE, r1, kBpfUntraced);
  a.AddActivity(maps, kBpfChange - 1);
  a.Land(no_fault);
  a.Store(r8, offsetof(BpfArea, thread), 0);
  a.Compute(BPF_AND, r6, kTaskDead);
  const size_t lives_on = a.Jump(BPF_JEQ, r6, 0);
  a.AddActivity(maps, kBpfChange);
  a.Land(lives_on);
  a.Land(no_area);
  a.Return();
  return std::move(a).code();
}

std::vector<bpf_insn> BpfBirthProgram(const BpfMaps& maps, int16_t pid_offset,
                                      int16_t flags_offset) {
  Assembler a;
  a.Move(r6, r1);
  a.FindTraced(maps);  // the current process is the parent
  const size_t untraced = a.Jump(BPF_JEQ, r0, 0);
  a.Load(r1, r6, static_cast<size_t>(flags_offset));
  a.Compute(BPF_AND, r1, CLONE_THREAD);
  const size_t is_thread = a.Jump(BPF_JNE, r1, 0);
  a.Load(r8, r6, static_cast<size_t>(pid_offset), BPF_W);
  a.Move(r0, r8);
  a.Compute(BPF_RSH, r0, 6);
  a.Find(maps.traced, r0);
  const size_t none = a.Jump(BPF_JEQ, r0, 0);
  a.Compute(BPF_AND, r8, 63);
  a.Set(r1, 1);
  a.Compute(BPF_LSH, r1, r8);
  a.Atomic(BPF_OR, r0, r1);
  a.AddActivity(maps, kBpfChange);
  a.Land(untraced);
  a.Land(is_thread);
  a.Land(none);
  a.Return();
  return std::move(a).code();
}

}  // namespace cowbench::trace
