// Builds with any element size, heap and number of threads: the addresses of
// the elements predict which pages are copied.
#include "lib/workload/build.h"

#include <malloc.h>
#include <pthread.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <new>
#include <set>
#include <vector>

#include "gtest/gtest.h"
#include "lib/probe/mappings.h"
#include "lib/probe/page_set.h"
#include "lib/workload/builders.h"
#include "lib/workload/catalog.h"
#include "lib/workload/history.h"
#include "lib/workload/prediction.h"

namespace cowbench::workload {
namespace {

constexpr uint64_t kSize = uint64_t{1} << 20;

// One for each arena, and one arena may lie across two pages.
constexpr uint64_t kMostOwnPages = 5;

template <typename L>
class ElementwiseTest : public testing::Test {
 protected:
  // Writes to some and to all elements, and checks what was copied.
  void ExpectPredicted(L* layout, uint64_t elements, uint64_t bytes) {
    probe::PageSet data = *probe::PageSet::Create();
    uint64_t largest = 0;
    uint64_t sum = 0;
    internal::VisitMemory<L>(layout, elements,
                             [&](const void* begin, size_t part) {
                               data.Add(begin, part);
                               largest = std::max<uint64_t>(largest, part);
                               sum += part;
                             });
    EXPECT_EQ(largest, std::max(bytes, sum / elements - bytes));
    EXPECT_EQ(sum % elements, 0u);
    for (const uint64_t hundredths : kTouched) {
      const Touch touch = TouchOf(elements, hundredths);
      const std::set<uintptr_t> pages =
          PageNumbersOf(layout, touch, sizeof(layout->value(Element<L>())),
                        [&](Element<L> e) { return &layout->value(e); });
      const uint64_t shared = SharedInChild(pages);
      EXPECT_LE(pages.size() - shared, kMostOwnPages);
      const Sample write = RunInChild<Write>(layout, touch, &data);
      EXPECT_EQ(write.pages->copied, shared);
      EXPECT_EQ(write.pages->copied_metadata, 0u);
      EXPECT_EQ(write.minor_faults, static_cast<int64_t>(write.pages->copied));
    }
  }
};
using WithValues =
    testing::Types<Boxed, BoxedShuffled, BoxedImmortal, BoxedSideRefcount,
                   SharedPtr, String, LinkedList, NodeHashMap>;
TYPED_TEST_SUITE(ElementwiseTest, WithValues);

TYPED_TEST(ElementwiseTest, ElementsAreAsLargeAsAskedFor) {
  using L = TypeParam;
  for (const uint64_t bytes : {L::kLeastElementBytes, uint64_t{100},
                               uint64_t{4096}, uint64_t{65536}}) {
    SCOPED_TRACE(bytes);
    const uint64_t elements = L::ElementCount(kSize, bytes);
    const auto layout = Built<L>(elements, {.element_bytes = bytes});
    this->ExpectPredicted(layout.get(), elements, bytes);
  }
}

TYPED_TEST(ElementwiseTest, AnyHeapAnyBuildersAndCompacted) {
  using L = TypeParam;
  const uint64_t elements = L::ElementCount(kSize / 4);
  for (const Heap heap : {Heap::kFresh, Heap::kHoled, Heap::kAged}) {
    for (const int builders : {1, 3}) {
      SCOPED_TRACE(testing::Message()
                   << static_cast<int>(heap) << " " << builders);
      L* const built =
          BuildElementwise<L>(elements, {.heap = heap, .builders = builders});
      this->ExpectPredicted(built, elements, L::kElementBytes);
      const std::unique_ptr<L> compacted(Compact(built, elements));
      this->ExpectPredicted(compacted.get(), elements, L::kElementBytes);
    }
  }
}

TEST(BuildTest, AnElementThatFillsAPageIsOnePage) {
  const uint64_t page = probe::PageSize();
  constexpr uint64_t kElements = 200;
  for (const uint64_t touched : {uint64_t{1}, uint64_t{7}, kElements}) {
    // glibc puts 16 bytes before each block; the value is still on its first
    // page.
    const auto boxed = Built<Boxed>(kElements, {.element_bytes = page});
    const Sample write = RunInChild<Write>(boxed.get(), {kElements, touched});
    EXPECT_EQ(write.pages->copied, touched);
  }
}

TEST(BuildTest, CompactingKeepsTheValuesAndMovesEveryElement) {
  constexpr uint64_t kElements = 1000;
  auto* const shuffled = BuildElementwise<BoxedShuffled>(kElements, {});
  std::vector<int64_t> values;
  std::set<int64_t*> addresses;
  for (uint64_t i = 0; i < kElements; ++i) {
    values.push_back(shuffled->value(i));
    addresses.insert(&shuffled->value(i));
  }
  EXPECT_FALSE(std::is_sorted(values.begin(), values.end()));
  const std::unique_ptr<BoxedShuffled> compacted(Compact(shuffled, kElements));
  for (uint64_t i = 0; i < kElements; ++i) {
    EXPECT_EQ(compacted->value(i), values[i]);
    EXPECT_FALSE(addresses.contains(&compacted->value(i)));
  }
}

TEST(BuildTest, AHeapWithHolesHasOnePerElement) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the sanitizer keeps what is freed for a while";
#endif
  constexpr uint64_t kElements = 10'000;
  const auto boxed = Built<Boxed>(kElements, {.heap = Heap::kHoled});
  std::map<int64_t, int> distances;
  for (uint64_t i = 1; i < kElements; ++i) {
    ++distances[reinterpret_cast<char*>(&boxed->value(i)) -
                reinterpret_cast<char*>(&boxed->value(i - 1))];
  }
  // 64 bytes are two blocks of 32 bytes in glibc.
  EXPECT_GT(distances[64], 9 * kElements / 10);
}

// Bytes allocated from glibc, which include those in the caches of threads.
uint64_t AllocatedBytes() { return mallinfo2().uordblks; }

TEST(HistoryTest, KeepsTheRequestedBytesLive) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "mallinfo(3) is not the sanitizer's";
#endif
  constexpr uint64_t kPeak = uint64_t{32} << 20;
  constexpr uint64_t kCached = uint64_t{1} << 20;
  const uint64_t before = AllocatedBytes();
  for (const uint64_t left : {kPeak / 2, kPeak / 8, uint64_t{0}}) {
    const uint64_t at_first = AllocatedBytes();
    History history(kPeak);
    EXPECT_GE(AllocatedBytes() - at_first, kPeak - kCached);
    EXPECT_LT(AllocatedBytes() - at_first, kPeak + kPeak / 8);
    history.ShrinkTo(left);
    EXPECT_GE(AllocatedBytes() - at_first + kCached, left);
    EXPECT_LT(AllocatedBytes() - at_first, left + left / 8 + kCached);
  }
  EXPECT_GT(AllocatedBytes(), before + kPeak / 2);  // live blocks remain
}

TEST(BuildersTest, DealInTurnAndEnd) {
  for (const uint64_t elements : {0u, 1u, 7u, 8u, 513u, 5000u}) {
    for (const int builders : {1, 2, 8, kMaxBuilders}) {
      std::map<uint64_t, pthread_t> maker;
      std::set<pthread_t> threads;
      DealToBuilders(builders, elements, [&](uint64_t i) {
        EXPECT_TRUE(maker.emplace(i, pthread_self()).second);
        threads.insert(pthread_self());
      });
      EXPECT_EQ(maker.size(), elements);
      EXPECT_EQ(threads.size(),
                std::min(elements, static_cast<uint64_t>(builders)));
      for (const auto& [i, thread] : maker) {
        EXPECT_EQ(thread, maker[i % static_cast<uint64_t>(builders)]);
        EXPECT_EQ(builders == 1, thread == pthread_self());
      }
    }
  }
}

TEST(BuildersTest, PassOnAnException) {
  for (const uint64_t bad : {0u, 63u, 200u, 999u}) {
    uint64_t made = 0;
    EXPECT_THROW(DealToBuilders(8, 1000,
                                [&](uint64_t i) {
                                  if (i == bad) throw std::bad_alloc();
                                  ++made;
                                }),
                 std::bad_alloc);
    EXPECT_LT(made, 1000u);
  }
  EXPECT_THROW(InThreadOfItsOwn([] { throw std::bad_alloc(); }),
               std::bad_alloc);
}

}  // namespace
}  // namespace cowbench::workload
