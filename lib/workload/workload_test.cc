// Checks every layout and pattern against a prediction from addresses: the
// pages that the touched elements lie on.
#include "lib/workload/workload.h"

#include <cstdint>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "lib/fork/fork_runner.h"
#include "lib/probe/mappings.h"
#include "lib/probe/page_set.h"
#include "lib/probe/page_snapshot.h"
#include "lib/workload/catalog.h"
#include "lib/workload/example_layout.h"
#include "lib/workload/prediction.h"

namespace cowbench::workload {
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

TEST(TouchTest, ShuffledReachesTheSameElements) {
  for (const uint64_t elements : {1u, 2u, 3u, 10u, 97u, 1000u, 46368u}) {
    for (const uint64_t touched : {uint64_t{1}, elements / 2, elements}) {
      if (touched == 0) continue;
      std::multiset<uint64_t> ascending;
      ForEachTouched({elements, touched},
                     [&](uint64_t i) { ascending.insert(i); });
      std::multiset<uint64_t> shuffled;
      ForEachTouched({elements, touched, Order::kShuffled},
                     [&](uint64_t i) { shuffled.insert(i); });
      EXPECT_EQ(shuffled, ascending) << touched << " of " << elements;
    }
  }
}

// The rows of the tables in docs/reference.md:
// | `layout` | meaning | bytes | patterns | and | `pattern` | meaning |
TEST(CatalogTest, MatchesTheReference) {
  std::ifstream reference("docs/reference.md");
  std::map<std::string, std::string> layouts;
  std::map<std::string, std::string> patterns;
  std::string section;
  for (std::string line; std::getline(reference, line);) {
    section = line.starts_with("## ") ? line : section;
    const std::vector<std::string> cells = absl::StrSplit(line, '|');
    if (cells.size() > 3 && cells[1].starts_with(" `")) {
      const std::string name = cells[1].substr(2, cells[1].size() - 4);
      if (section == "## Layouts") {
        layouts[name] = cells[2] + "|" + cells[4];
      } else if (section == "## Patterns") {
        patterns[name] = cells[2];
      }
    }
  }
  std::map<std::string, std::string> expected_layouts;
  std::map<std::string, std::string> expected_patterns;
  for (const LayoutEntry& layout : MakeCatalog()) {
    std::vector<std::string> names;
    for (const PatternEntry& pattern : layout.patterns) {
      names.emplace_back(pattern.name);
      expected_patterns[names.back()] =
          absl::StrCat(" ", std::string(pattern.meaning), " ");
    }
    expected_layouts[std::string(layout.name)] =
        absl::StrCat(" ", std::string(layout.meaning), " | ",
                     absl::StrJoin(names, ", "), " ");
  }
  EXPECT_EQ(layouts, expected_layouts);
  EXPECT_EQ(patterns, expected_patterns);
}

// Compares the text from the class to the end of the namespace.
TEST(ExampleTest, MatchesContributing) {
  std::ifstream header_file("lib/workload/example_layout.h");
  std::ifstream contributing_file("CONTRIBUTING.md");
  const std::string header(std::istreambuf_iterator<char>(header_file), {});
  const std::string contributing(
      std::istreambuf_iterator<char>(contributing_file), {});
  const size_t begin = header.find("// A vector of records");
  const size_t end = header.find("\n\n}  // namespace");
  ASSERT_LT(begin, end);
  EXPECT_NE(contributing.find("```c++\n" + header.substr(begin, end - begin) +
                              "\n```\n"),
            std::string::npos);
}

TEST(ExampleTest, HasThePatternsThatContributingNames) {
  const LayoutEntry& records = CatalogOf(TypeList<Records>(), Patterns())[0];
  for (const char* pattern : {"idle", "read", "copy_out", "write", "rewrite",
                              "dismiss", "call_exec"}) {
    EXPECT_NE(FindPattern(records, pattern), nullptr) << pattern;
  }
  EXPECT_EQ(FindPattern(records, "free"), nullptr);
  EXPECT_EQ(FindPattern(records, "refcount"), nullptr);
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
  EXPECT_EQ(stored("boxed_immortal", "refcount"), 0u);
  EXPECT_EQ(stored("shared_ptr", "refcount"), 40u);
  EXPECT_EQ(stored("string", "write"), 10u);
}

constexpr uint64_t kSize = 3 * kMiB;

template <typename L>
class EveryLayout : public testing::Test {};

template <typename List>
struct AndTheExample;
template <typename... T>
struct AndTheExample<TypeList<T...>> {
  using List = TypeList<T..., Records>;
};
TYPED_TEST_SUITE(EveryLayout, ToGtest<AndTheExample<Layouts>::List>::Types);

TYPED_TEST(EveryLayout, CopiesThePagesOfTheValuesWritten) {
  const auto built = Built<TypeParam>(TypeParam::ElementCount(kSize));
  TypeParam& layout = *built;
  for (const uint64_t hundredths : kTouched) {
    const Touch touch = TouchOf(TypeParam::ElementCount(kSize), hundredths);
    SCOPED_TRACE(touch.touched);
    if constexpr (CanStore<TypeParam>) {
      const uint64_t pages =
          PagesOf(&layout, touch, sizeof(layout.value(Element<TypeParam>())),
                  [&](Element<TypeParam> e) { return &layout.value(e); });
      const Sample write = RunInChild<Write>(&layout, touch);
      EXPECT_EQ(write.pages->copied, pages);
      EXPECT_EQ(write.minor_faults, static_cast<int64_t>(pages));
      if constexpr (RandomAccess<TypeParam>) {
        Touch shuffled = touch;
        shuffled.order = Order::kShuffled;
        EXPECT_EQ(RunInChild<Write>(&layout, shuffled).pages->copied, pages);
      }
    }
    const Sample read = RunInChild<Read>(&layout, touch);
    EXPECT_EQ(read.pages->copied, 0u);
    EXPECT_EQ(read.minor_faults, 0);
  }
}

TYPED_TEST(EveryLayout, CopiesThePagesOfTheHeadersMarked) {
  if constexpr (HasHeaders<TypeParam>) {
    const auto built = Built<TypeParam>(TypeParam::ElementCount(kSize));
    TypeParam& layout = *built;
    for (const uint64_t hundredths : kTouched) {
      const Touch touch = TouchOf(TypeParam::ElementCount(kSize), hundredths);
      EXPECT_EQ(RunInChild<GcMark>(&layout, touch).pages->copied,
                PagesOf(&layout, touch, sizeof(uintptr_t),
                        [&](uint64_t i) { return &layout.header(i); }));
    }
  }
}

// Whether CountOf() knows where a layout keeps its counts.
template <typename Layout>
concept HasKnownCounts = HasHeaders<Layout> ||
    std::is_same_v<Layout, SharedPtr> || std::is_same_v<Layout, CordVector>;

// The address of the count of a reference, as the layouts document it.
template <HasKnownCounts Layout>
const void* CountOf(Layout* layout, uint64_t i) {
  if constexpr (std::is_same_v<Layout, SharedPtr>) {
    return reinterpret_cast<const char*>(&layout->value(i)) - 8;
  } else if constexpr (std::is_same_v<Layout, CordVector>) {
    return layout->Hold(i).TryFlat()->data() - 5;  // tag, then characters
  } else if constexpr (std::is_same_v<Layout, BoxedSideRefcount>) {
    const void* count = nullptr;
    layout->ForEachPart(
        i, [&](const void* part, size_t) { count = part; });  // the last one
    return count;
  } else {
    return &layout->header(i) - 1;
  }
}

TYPED_TEST(EveryLayout, CopiesThePagesOfTheCountsTaken) {
  using Layout = TypeParam;
  if constexpr (HasReferences<Layout> && HasKnownCounts<Layout>) {
    const auto built = Built<Layout>(Layout::ElementCount(kSize));
    Layout& layout = *built;
    const uint64_t elements = Layout::ElementCount(kSize);
    for (const uint64_t hundredths : kTouched) {
      const Touch touch = TouchOf(elements, hundredths);
      uint64_t pages = 0;
      if constexpr (Layout::kReferenceBytes > 0) {
        pages = PagesOf(&layout, touch, Layout::kReferenceBytes,
                        [&](uint64_t i) { return CountOf(&layout, i); });
      }
      EXPECT_EQ(RunInChild<Refcount>(&layout, touch).pages->copied, pages);
    }
  }
}

TYPED_TEST(EveryLayout, ItsPartsAreWhereItsValuesAreAndAsLargeAsItSays) {
  using Layout = TypeParam;
  const uint64_t elements = Layout::ElementCount(kSize);
  const auto built = Built<Layout>(elements);
  Layout& layout = *built;
  probe::PageSet data = *probe::PageSet::Create();
  uint64_t bytes = 0;
  internal::VisitMemory<Layout>(&layout, elements,
                                [&](const void* begin, size_t part) {
                                  data.Add(begin, part);
                                  bytes += part;
                                });
  if constexpr (!Layout::kOneObject) {
    // All requested memory, without the map's metadata.
    EXPECT_LE(bytes, kSize);
    EXPECT_GT(bytes, kSize / 4);
  }
  if constexpr (CanStore<Layout>) {
    const Sample write =
        RunInChild<Write>(&layout, {elements, elements}, &data);
    EXPECT_GT(write.pages->copied, 0u);
    EXPECT_EQ(write.pages->copied_metadata, 0u);
  }
  if constexpr (HasReferences<Layout>) {
    EXPECT_EQ(RunInChild<Refcount>(&layout, {elements, elements}, &data)
                  .pages->copied_metadata,
              0u);
  }
}

TYPED_TEST(EveryLayout, RequestsAboutItsSize) {
  // Measured in resident pages, which include the overhead of the allocator.
  if (TypeParam::kOneObject) {
    GTEST_SKIP() << "nothing but a vector";
  }
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the sanitizer adds more than the layout requests";
#endif
  const uint64_t before = probe::CountPages()->anonymous_pages;
  // Never freed, so that the next layout does not reuse its memory.
  auto* const layout =
      Built<TypeParam>(TypeParam::ElementCount(16 * kMiB)).release();
  const uint64_t added =
      (probe::CountPages()->anonymous_pages - before) * probe::PageSize();
  Use(layout);
  EXPECT_LT(added, 32 * kMiB);
  EXPECT_GT(added, 7 * kMiB);
}

TEST(BoxedSharedTest, HasOneObject) {
  BoxedShared shared(BoxedShared::ElementCount(kSize));
  EXPECT_EQ(&shared.value(0), &shared.value(1000));
}

}  // namespace
}  // namespace cowbench::workload
