// Every layout against pages predicted from addresses: which pages do the
// reference counts lie on?
#include "lib/python/catalog.h"

#include <unistd.h>

#include <cstdio>
#include <exception>
#include <set>
#include <string>

#include "gtest/gtest.h"
#include "lib/fork/fork_runner.h"
#include "lib/probe/mappings.h"
#include "lib/probe/page_set.h"
#include "lib/python/interpreter.h"

namespace cowbench::python {
namespace {

constexpr uint64_t kElements = uint64_t{320} * 320;
// The interpreter may copy this many pages of its own, and this many pages of
// the data set: the pools that it shares with other objects.
constexpr uint64_t kOwnPages = 64;
constexpr uint64_t kPoolPages = 8;

// The number of a layout.
class EveryLayout : public testing::TestWithParam<size_t> {};

TEST_P(EveryLayout, CopiesThePagesOfTheCountsAndNoOthers) {
  const Layout& layout = kLayouts[GetParam()];
  const workload::LayoutEntry& entry = MakeRunnable<kLayouts>()[GetParam()];
  entry.prepare();
  void* const data_set = entry.build(kElements);
  probe::PageSet pages = *probe::PageSet::Create();
  std::set<uintptr_t> count_pages;
  entry.visit_memory(data_set, kElements, [&](const void* begin, size_t bytes) {
    pages.Add(begin, bytes);
    if (bytes == layout.object_bytes) {
      // The count comes first, after the collector's header.
      const size_t header = bytes == kList ? 16 : 0;
      count_pages.insert((reinterpret_cast<uintptr_t>(begin) + header) /
                         probe::PageSize());
    }
  });
  EXPECT_EQ(count_pages.size() > 1, layout.objects == Objects::kEach);
  ForkRunner runner = *ForkRunner::Create();
  for (size_t i = 0; i < layout.patterns.size(); ++i) {
    const Pattern& pattern = layout.patterns[i];
    if (pattern.writes) {
      continue;
    }
    SCOPED_TRACE(std::string(pattern.name));
    const auto result = runner.Run({.data = &pages}, [&] {
      entry.patterns[i].run(data_set, {kElements, kElements});
    });
    ASSERT_TRUE(result.ok()) << result.status();
    const WindowPages& sample = *result->samples[0].pages;
    const uint64_t expected = pattern.visits ? count_pages.size() : 0;
    const uint64_t copied = sample.copied - sample.copied_metadata;
    EXPECT_LE(copied, expected + kPoolPages);
    EXPECT_GE(copied + kPoolPages, expected);
    if (pattern.name != "gc_collect") {
      EXPECT_LE(sample.copied_metadata, kOwnPages);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, EveryLayout,
                         testing::Range(size_t{0}, kLayouts.size()),
                         [](const auto& test) {
                           return std::string(kLayouts[test.param].name);
                         });

TEST(LayoutsTest, SizeIsWhatTheLayoutRequests) {
  constexpr uint64_t kKiB = 1024;
  const auto count = [](const char* layout, uint64_t size) {
    return FindLayout(Describe<kLayouts>(), layout)->element_count(size);
  };
  EXPECT_EQ(count("list_range", 3515625 * kKiB), 100'000'000u);
  EXPECT_EQ(count("list_same", 781250 * kKiB), 100'000'000u);
  EXPECT_EQ(count("numpy_ones", 1757813 * kKiB), 15000u * 15000);
  EXPECT_EQ(count("numpy_ones", 7), 0u);
  EXPECT_EQ(count("numpy_ones", 8), 1u);
  EXPECT_EQ(count("dict_int", 100), 0u);
  // sys.getsizeof() of a dict of 10 is 352, less 64 + 16 for the objects.
  EXPECT_EQ(count("dict_int", 352 - 96 + 10 * kInt), 10u);
}

TEST(LayoutsTest, StoredBytesAreTheReferenceCounts) {
  const auto stored = [](const char* layout, const char* pattern) {
    return FindPattern(*FindLayout(Describe<kLayouts>(), layout), pattern)
        ->stored_bytes({1000, 10});
  };
  EXPECT_EQ(stored("list_range", "for"), 80u);
  EXPECT_EQ(stored("list_same", "sum"), 8u);
  EXPECT_EQ(stored("numpy_ones", "sum"), 0u);
  EXPECT_EQ(stored("list_range", "len"), 0u);
}

TEST(InterpreterDeathTest, SaysWhyItCannotStart) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(
      try { Start(L"/nonexistent"); } catch (const std::exception& error) {
        fprintf(stderr, "\n%s\n", error.what());
        _exit(7);
      },
      testing::ExitedWithCode(7), "\nthe Python interpreter cannot start: .*");
}

}  // namespace
}  // namespace cowbench::python
