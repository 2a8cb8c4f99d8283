// Every layout and pattern against pages predicted from addresses: which
// pages do the touched elements lie on?
#include "lib/workload/workload.h"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "lib/fork/fork_runner.h"
#include "lib/probe/mappings.h"
#include "lib/workload/array.h"
#include "lib/workload/boxed.h"
#include "lib/workload/catalog.h"
#include "lib/workload/patterns.h"

namespace cowbench {
namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;

TEST(TouchTest, IsEvenlySpread) {
  for (const uint64_t elements : {1u, 2u, 10u, 97u, 1000u}) {
    for (uint64_t touched = 1; touched <= elements; ++touched) {
      std::vector<uint64_t> expected;
      for (uint64_t j = 0; j < touched; ++j) {
        expected.push_back(j * elements / touched);
      }
      std::vector<uint64_t> visited;
      ForEachTouched({elements, touched},
                     [&](uint64_t i) { visited.push_back(i); });
      ASSERT_EQ(visited, expected) << touched << " of " << elements;
    }
  }
}

TEST(CatalogTest, HoldsWhatMakesSense) {
  std::vector<std::string> names;
  for (const LayoutEntry& layout : MakeCatalog()) {
    for (const PatternEntry& pattern : layout.patterns) {
      names.push_back(std::string(layout.name) + "/" +
                      std::string(pattern.name));
    }
  }
  const std::vector<std::string> expected = {"array/idle",
                                             "array/read",
                                             "array/write",
                                             "boxed/idle",
                                             "boxed/read",
                                             "boxed/refcount",
                                             "boxed/write",
                                             "boxed/free",
                                             "boxed_shared/idle",
                                             "boxed_shared/read",
                                             "boxed_shared/refcount",
                                             "boxed_shared/write"};
  EXPECT_EQ(names, expected);
}

TEST(CatalogTest, SizeIsWhatTheLayoutRequests) {
  const Catalog catalog = MakeCatalog();
  EXPECT_EQ(FindLayout(catalog, "array")->element_count(kMiB), kMiB / 8);
  EXPECT_EQ(FindLayout(catalog, "boxed")->element_count(kMiB), kMiB / 32);
  EXPECT_EQ(FindLayout(catalog, "boxed_shared")->element_count(kMiB),
            (kMiB - 24) / 8);
  EXPECT_EQ(FindLayout(catalog, "array")->element_count(7), 0u);
  EXPECT_EQ(FindLayout(catalog, "list"), nullptr);
}

TEST(CatalogTest, StoredBytesAreDistinctOnes) {
  const Catalog catalog = MakeCatalog();
  const auto stored = [&](std::string_view layout, std::string_view pattern) {
    return FindPattern(*FindLayout(catalog, layout), pattern)
        ->stored_bytes({1000, 10});
  };
  EXPECT_EQ(stored("array", "write"), 80u);
  EXPECT_EQ(stored("boxed", "refcount"), 80u);
  EXPECT_EQ(stored("boxed_shared", "refcount"), 8u);
  EXPECT_EQ(stored("boxed", "read"), 0u);
  EXPECT_EQ(stored("boxed", "free"), 0u);
}

// Runs a pattern in a child and returns what it copied.
template <typename Pattern, typename Layout>
Sample RunInChild(Layout* layout, const Touch& touch) {
  ForkRunner runner = *ForkRunner::Create();
  const auto result =
      runner.Run({}, [&] { internal::Run<Pattern, Layout>(layout, touch); });
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? result->samples[0] : Sample{};
}

// The pages that bytes [0, bytes) of each touched element lie on.
template <typename AddressOf>
uint64_t PagesOf(const Touch& touch, size_t bytes, AddressOf address_of) {
  std::set<uintptr_t> pages;
  ForEachTouched(touch, [&](uint64_t i) {
    const auto first = reinterpret_cast<uintptr_t>(address_of(i));
    pages.insert(first / probe::PageSize());
    pages.insert((first + bytes - 1) / probe::PageSize());
  });
  return pages.size();
}

class PredictedPages : public testing::TestWithParam<uint64_t> {
 protected:
  // Of n elements.
  Touch touch(uint64_t n) const { return {n, (n * GetParam() + 9999) / 10000}; }
};

TEST_P(PredictedPages, Array) {
  Array array(Array::ElementCount(3 * kMiB));
  const Touch touched = touch(array.elements());
  const uint64_t pages =
      PagesOf(touched, 8, [&](uint64_t i) { return &array.value(i); });
  if (touched.touched == touched.elements) {
    EXPECT_EQ(pages, 3 * kMiB / probe::PageSize());
  }
  const Sample write = RunInChild<Write>(&array, touched);
  EXPECT_EQ(write.copied_pages, pages);
  EXPECT_EQ(write.minor_faults, static_cast<int64_t>(pages));
  EXPECT_EQ(RunInChild<Read>(&array, touched).copied_pages, 0u);
  EXPECT_EQ(RunInChild<Read>(&array, touched).minor_faults, 0);
  EXPECT_EQ(RunInChild<Idle>(&array, touched).minor_faults, 0);
}

TEST_P(PredictedPages, Boxed) {
  Boxed boxed(Boxed::ElementCount(3 * kMiB));
  const Touch touched = touch(boxed.elements());
  const uint64_t counts =
      PagesOf(touched, 8, [&](uint64_t i) { return &boxed.refcount(i); });
  const uint64_t values =
      PagesOf(touched, 8, [&](uint64_t i) { return &boxed.value(i); });
  const Sample refcount = RunInChild<Refcount>(&boxed, touched);
  EXPECT_EQ(refcount.copied_pages, counts);
  EXPECT_EQ(refcount.minor_faults, static_cast<int64_t>(counts));
  EXPECT_EQ(RunInChild<Write>(&boxed, touched).copied_pages, values);
  EXPECT_EQ(RunInChild<Read>(&boxed, touched).copied_pages, 0u);
  EXPECT_EQ(RunInChild<Read>(&boxed, touched).minor_faults, 0);
}

TEST_P(PredictedPages, BoxedShared) {
  BoxedShared shared(BoxedShared::ElementCount(3 * kMiB));
  const Touch touched = touch(shared.elements());
  EXPECT_EQ(RunInChild<Refcount>(&shared, touched).copied_pages, 1u);
  EXPECT_EQ(RunInChild<Write>(&shared, touched).copied_pages, 1u);
  EXPECT_EQ(RunInChild<Read>(&shared, touched).copied_pages, 0u);
}

// In hundredths of a percent.
INSTANTIATE_TEST_SUITE_P(Touch, PredictedPages,
                         testing::Values(10000, 5000, 1234, 100, 10, 1));

}  // namespace
}  // namespace cowbench
