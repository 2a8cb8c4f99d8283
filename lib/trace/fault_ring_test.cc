// Records the page faults and the call chains of a child that writes to known
// pages.
#include "lib/trace/fault_ring.h"

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <deque>

#include "gtest/gtest.h"
#include "lib/trace/testing/bpf.h"

namespace cowbench::trace {
namespace {

TEST(FaultRingsTest, UsesBpfForAllFaultsOnly) {
  if (!MayUseBpf()) {
    GTEST_SKIP() << "SKIPPED: needs root, bpf(2), the initial PID namespace";
  }
  for (const CallGraph graph : {CallGraph::kFramePointers, CallGraph::kDwarf}) {
    for (const Faults kind : {Faults::kAll, Faults::kSampled}) {
      const auto rings = FaultRings::Open(getpid(), {getpid()}, kind, graph);
      ASSERT_TRUE(rings.ok()) << rings.status();
      EXPECT_EQ(rings->uses_bpf(), kind == Faults::kAll);
    }
  }
}

[[gnu::noinline]] void WriteOne(volatile char* at) { *at = 1; }
[[gnu::noinline]] void WriteTwo(volatile char* at) { *at = 2; }

// Even pages are written by one function, odd ones by another.
TEST(FaultRingsTest, EachChainBelongsToItsFault) {
  if (!MayUseBpf()) {
    GTEST_SKIP() << "SKIPPED: needs root, bpf(2), the initial PID namespace";
  }
  const Pages pages;
  pages.Write();
  Child child([&] {
    for (size_t i = 0; i < kPages; ++i) {
      (i % 2 == 0 ? WriteOne : WriteTwo)(pages.page(i));
    }
  });
  child.RunOnOneCpu();
  auto rings = FaultRings::Open(child.process(), {child.process()},
                                Faults::kAll, CallGraph::kFramePointers);
  ASSERT_TRUE(rings.ok()) << rings.status();
  ASSERT_TRUE(rings->uses_bpf());
  child.Run();
  std::deque<Record> records;
  rings->Read(&records);
  size_t faults = 0;
  size_t chains = 0;
  for (const Record& record : records) {
    if (!pages.Has(record.address)) {
      continue;
    }
    ++faults;
    if (record.chain != kNotSampled) {
      ++chains;
      const bool is_even = pages.IndexOf(record.address) % 2 == 0;
      const auto function =
          reinterpret_cast<uint64_t>(is_even ? WriteOne : WriteTwo);
      ASSERT_FALSE(rings->chains().Get(record.chain).empty());
      EXPECT_LT(rings->chains().Get(record.chain)[0] - function, 16);
    }
  }
  EXPECT_EQ(faults, kPages);
  // The child had other faults before these.
  EXPECT_GE(chains, kPages / kFaultsPerChain);
  EXPECT_LE(chains, kPages / kFaultsPerChain + 1);
  EXPECT_EQ(rings->lost(), 0);
}

}  // namespace
}  // namespace cowbench::trace
