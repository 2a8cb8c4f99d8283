#include "lib/trace/unwinder.h"

#include <elfutils/libdwfl.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace cowbench::trace {
namespace {

uint64_t InstructionOf(const Unwinder::State& state) {
#if defined(__x86_64__)
  return state.registers[8];
#else
  return state.registers.back();
#endif
}

uint64_t StackPointerOf(const Unwinder::State& state) {
#if defined(__x86_64__)
  return state.registers[7];
#else
  return state.registers[31];
#endif
}

// Sets the registers in DWARF's order for the processor.
bool SetRegisters(Dwfl_Thread* thread, const Unwinder::State& state) {
#if defined(__x86_64__)
  // perf's order is AX, BX, CX, DX, SI, DI, BP, SP, IP, R8 to R15.
  constexpr size_t kOrder[] = {0,  3,  2,  1,  4,  5,  6,  7, 9,
                               10, 11, 12, 13, 14, 15, 16, 8};
  Dwarf_Word registers[std::size(kOrder)];
  for (size_t i = 0; i < std::size(kOrder); ++i) {
    registers[i] = state.registers[kOrder[i]];
  }
  return dwfl_thread_state_registers(thread, 0, std::size(kOrder), registers);
#elif defined(__aarch64__)
  constexpr size_t kNumbered = 32;  // X0 to SP
  Dwarf_Word registers[kNumbered];
  std::copy_n(state.registers.begin(), kNumbered, registers);
  dwfl_thread_state_register_pc(thread, InstructionOf(state));
  return dwfl_thread_state_registers(thread, 0, kNumbered, registers);
#else
  return false;
#endif
}

// The lines of /proc/<thread>/maps that name a file.
std::string FilesOf(pid_t thread) {
  std::ifstream maps(absl::StrCat("/proc/", thread, "/maps"));
  std::string files;
  for (std::string line; std::getline(maps, line);) {
    if (absl::StrContains(line, " /")) {
      absl::StrAppend(&files, line, "\n");
    }
  }
  return files;
}

}  // namespace

// The mapped files of processes that map the same files at the same addresses.
struct Unwinder::Code {
  explicit Code(std::string files) : maps(std::move(files)) {
    static const Dwfl_Callbacks callbacks = {
        .find_elf = dwfl_linux_proc_find_elf,
        // No debug files are needed: the tables are in the file itself.
        .find_debuginfo = [](Dwfl_Module*, void**, const char*, Dwarf_Addr,
                             const char*, const char*, GElf_Word,
                             char**) { return -1; },
        .section_address = nullptr,
        .debuginfo_path = nullptr,
    };
    dwfl = dwfl_begin(&callbacks);
    FILE* const file = fmemopen(maps.data(), maps.size(), "r");
    if (file != nullptr) {  // null if `maps` is empty
      dwfl_linux_proc_maps_report(dwfl, file);
      fclose(file);
    }
    dwfl_report_end(dwfl, nullptr, nullptr);
    static const Dwfl_Thread_Callbacks threads = {
        .next_thread = [](Dwfl*, void*, void**) { return pid_t{0}; },
        .get_thread =
            [](Dwfl*, pid_t, void* code, void** thread) {
              *thread = code;
              return true;
            },
        .memory_read =
            [](Dwfl*, Dwarf_Addr address, Dwarf_Word* word, void* code) {
              return static_cast<const Code*>(code)->ReadStack(address, word);
            },
        .set_initial_registers =
            [](Dwfl_Thread* thread, void* code) {
              return SetRegisters(thread,
                                  *static_cast<const Code*>(code)->state);
            },
        .detach = nullptr,
        .thread_detach = nullptr,
    };
    // No process is asked, so the process ID does not matter: all data is in
    // `state`.
    dwfl_attach_state(dwfl, nullptr, 1, &threads, this);
  }
  Code(const Code&) = delete;
  Code& operator=(const Code&) = delete;
  ~Code() { dwfl_end(dwfl); }

  bool ReadStack(Dwarf_Addr address, Dwarf_Word* word) const {
    const uint64_t offset = address - StackPointerOf(*state);
    if (offset >= state->stack.size() ||
        state->stack.size() - offset < sizeof(*word)) {
      return false;
    }
    memcpy(word, state->stack.data() + offset, sizeof(*word));
    return true;
  }

  bool Has(uint64_t address) const {
    return dwfl_addrmodule(dwfl, address) != nullptr;
  }

  std::vector<uint64_t> Unwind(const State& sampled) {
    std::vector<uint64_t> chain;
    state = &sampled;
    dwfl_getthread_frames(
        dwfl, 1,
        [](Dwfl_Frame* frame, void* addresses) {
          auto& found = *static_cast<std::vector<uint64_t>*>(addresses);
          Dwarf_Addr address = 0;
          if (!dwfl_frame_pc(frame, &address, nullptr) ||
              found.size() == kLongestChain) {
            return static_cast<int>(DWARF_CB_ABORT);
          }
          found.push_back(address);
          return static_cast<int>(DWARF_CB_OK);
        },
        &chain);
    if (chain.empty()) {  // the code is in no file that libdwfl can read
      chain.push_back(InstructionOf(sampled));
    }
    return chain;
  }

  std::string maps;
  Dwfl* dwfl;
  const State* state = nullptr;
};

Unwinder::Unwinder() = default;
Unwinder::~Unwinder() = default;

// Processes with the same files share one Code.
std::shared_ptr<Unwinder::Code> Unwinder::Read(pid_t process,
                                               pid_t thread) const {
  std::string files = FilesOf(process);
  if (files.empty()) {
    files = FilesOf(thread);
  }
  for (const auto& [other, known] : processes_) {
    if (known.code != nullptr && known.code->maps == files) {
      return known.code;
    }
  }
  return std::make_shared<Code>(std::move(files));
}

void Unwinder::Begin(pid_t process) {
  processes_[process] = {.code = Read(process, process)};
}

void Unwinder::Forget(pid_t process) { processes_.erase(process); }

std::vector<uint64_t> Unwinder::Unwind(pid_t process, pid_t thread,
                                       const State& state) {
  Process& known = processes_[process];
  // The process may have mapped a file since. Generated code is never in a
  // file, so this reads the mappings again less and less often.
  if (known.code == nullptr || (!known.code->Has(InstructionOf(state)) &&
                                std::has_single_bit(++known.misses))) {
    known.code = Read(process, thread);
  }
  return known.code->Unwind(state);
}

}  // namespace cowbench::trace
