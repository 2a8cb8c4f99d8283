// Checks every layout against a prediction from addresses: the pages that the
// reference counts lie on.
#include "lib/python/catalog.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <iterator>
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
// How many pages of its own the interpreter may copy, and how many pages of the
// data set besides: pools that hold other objects too.
constexpr uint64_t kOwnPages = 128;
constexpr uint64_t kPoolPages = 8;

// The size of the collector's header before an object of this size.
size_t CollectorHeader(size_t object_bytes) {
  constexpr size_t kCollected[] = {kList, kNamedtuple, kDataclass, kFunction};
  return std::find(std::begin(kCollected), std::end(kCollected),
                   object_bytes) != std::end(kCollected)
             ? 16
             : 0;
}

// The number of a layout.
class EveryLayout : public testing::TestWithParam<size_t> {
 protected:
  void Build() {
    entry_.prepare();
    data_set_ = entry_.build(elements_);
    // Memory that belongs to an object is visited right after it; an array's
    // pointers come in between.
    bool in_object = false;
    entry_.visit_memory(
        data_set_, elements_, [&](const void* begin, size_t bytes) {
          pages_.Add(begin, bytes);
          const auto address = reinterpret_cast<uintptr_t>(begin);
          const size_t page_bytes = probe::PageSize();
          if (bytes == layout_.object_bytes) {
            // The count comes first, after the collector's header.
            const uintptr_t page =
                (address + CollectorHeader(bytes)) / page_bytes;
            count_pages_.insert(page);
            owned_pages_.insert(page);
            in_object = true;
          } else if (bytes == kPointer) {
            in_object = false;
          } else if (in_object) {
            owned_pages_.insert(address / page_bytes);
          }
        });
  }

  const Layout& layout_ = kLayouts[GetParam()];
  const workload::LayoutEntry& entry_ = MakeRunnable<kLayouts>()[GetParam()];
  // Fewer functions, since compiling them is slow.
  const uint64_t elements_ =
      layout_.object_bytes == kFunction ? kElements / 10 : kElements;
  void* data_set_ = nullptr;
  probe::PageSet pages_ = *probe::PageSet::Create();
  // Pages with the counts of the objects, and of what only these refer to.
  std::set<uintptr_t> count_pages_;
  std::set<uintptr_t> owned_pages_;
};

TEST_P(EveryLayout, CopiesOnlyThePagesOfTheCounts) {
  try {
    Build();
  } catch (const std::exception& error) {
    ASSERT_EQ(error.what(),
              std::string("ModuleNotFoundError: No module named 'pandas'"));
    GTEST_SKIP() << "SKIPPED: " << error.what();
  }
  EXPECT_EQ(count_pages_.size() > 1, layout_.objects == Objects::kEach);
  ForkRunner runner = *ForkRunner::Create();
  for (size_t i = 0; i < layout_.patterns.size(); ++i) {
    const Pattern& pattern = layout_.patterns[i];
    if (pattern.writes) {
      continue;
    }
    SCOPED_TRACE(std::string(pattern.name));
    if (entry_.patterns[i].prepare != nullptr) {
      entry_.patterns[i].prepare();
    }
    const auto result = runner.Run({.data = &pages_}, [&] {
      entry_.patterns[i].run(data_set_, {elements_, elements_});
    });
    ASSERT_TRUE(result.ok()) << result.status();
    const WindowPages& sample = *result->samples[0].pages;
    const uint64_t expected = pattern.visits_owned ? owned_pages_.size()
                              : pattern.visits     ? count_pages_.size()
                                                   : 0;
    const uint64_t copied = sample.copied - sample.copied_metadata;
    EXPECT_LE(copied, expected + kPoolPages);
    EXPECT_GE(copied + kPoolPages, expected);
    // A collection, and the work of pandas for one statement, copy more pages.
    if (pattern.name != "gc_collect" && pattern.name != "freeze_in_child" &&
        pattern.name != "compare") {
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
