#include "lib/probe/shared_memory.h"

#include <atomic>
#include <cstdint>
#include <thread>

#include "gtest/gtest.h"

namespace cowbench::probe {
namespace {

TEST(SharedMemoryTest, TouchingLosesNothingThatIsStoredMeanwhile) {
  const SharedMemory memory = *SharedMemory::Map(1);
  auto* const count = memory.as<std::atomic<uint64_t>>();
  constexpr uint64_t kIncrements = 30'000'000;
  std::atomic<bool> counted = false;
  std::thread counter([&] {
    for (uint64_t i = 0; i < kIncrements; ++i) {
      ++*count;
    }
    counted = true;
  });
  while (!counted) {
    memory.Touch();
  }
  counter.join();
  EXPECT_EQ(*count, kIncrements);
}

}  // namespace
}  // namespace cowbench::probe
