#include "benchmarks/testing/faults.h"

#include <signal.h>
#include <unistd.h>

#include <new>

namespace cowbench {
namespace {

uint64_t OneElement(uint64_t) { return 1; }

void* BuildNothing(uint64_t) {
  static int nothing;
  return &nothing;
}

template <auto kDo>
constexpr workload::PatternEntry Pattern(std::string_view name) {
  return {.name = name,
          .stored_bytes = [](const workload::Touch&) { return uint64_t{0}; },
          .run = [](void*, const workload::Touch&) { kDo(); }};
}

void Raise(int signal_number) {
  signal(signal_number, SIG_DFL);  // sanitizers handle some signals
  raise(signal_number);
}

constexpr workload::PatternEntry kFine[] = {Pattern<[] {}>("fine")};
constexpr workload::PatternEntry kFaults[] = {
    kFine[0],
    Pattern<[] { Raise(SIGSEGV); }>("crash"),
    Pattern<[] { _exit(3); }>("exit"),
    Pattern<[] { pause(); }>("hang"),
    Pattern<[] { kill(getppid(), SIGKILL); }>("kill_subject"),
    Pattern<[] { kill(getppid(), SIGSTOP); }>("stop_subject"),
};

constexpr workload::LayoutEntry kLayouts[] = {
    {.name = "faults",
     .element_count = OneElement,
     .build = BuildNothing,
     .patterns = kFaults},
    {.name = "unbuildable",
     .element_count = OneElement,
     .build = [](uint64_t) -> void* { throw std::bad_alloc(); },
     .patterns = kFine},
    {.name = "crashes",
     .element_count = OneElement,
     .build = [](uint64_t) -> void* {
       Raise(SIGSEGV);
       return nullptr;
     },
     .patterns = kFine},
};

}  // namespace

workload::Catalog MakeFaultsCatalog() { return kLayouts; }

}  // namespace cowbench
