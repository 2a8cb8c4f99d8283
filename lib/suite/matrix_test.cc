#include "lib/suite/matrix.h"

#include <set>
#include <span>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/suite/axes.h"
#include "lib/workload/workload.h"

namespace cowbench {
namespace {

class MatrixTest : public testing::Test {
 protected:
  std::vector<std::string> Ids(const Axes& axes) const {
    std::vector<std::string> ids;
    for (const Case& c : CasesOf(axes, catalog_, allocators_)) {
      ids.push_back(c.Id());
    }
    return ids;
  }

  workload::PatternEntry patterns_[2] = {{.name = "read"},
                                         {.name = "write", .writes = true}};
  workload::LayoutEntry catalog_[2] = {
      {.name = "small",
       .element_count = [](uint64_t size) { return size / 8; },
       .patterns = patterns_},
      {.name = "large",
       .element_count = [](uint64_t size) { return size >> 20; },
       .patterns = std::span(patterns_).first(1)}};
  std::vector<Allocator> allocators_ = {{.name = "a"}, {.name = "b"}};
};

TEST_F(MatrixTest, IdsNameOnlyWhatDiffersFromTheDefault) {
  Axes axes = {.allocators = {"a"},
               .layouts = {"small"},
               .patterns = {"write"},
               .sizes = {1 << 20}};
  axes.Get<axis::Touch>() = {Percent(), {12'500'000}};
  axes.Get<axis::Children>() = {1, 4};
  EXPECT_EQ(Ids(axes), (std::vector<std::string>{
                           "cow/small/write/a/size:1MiB",
                           "cow/small/write/a/size:1MiB/children:4",
                           "cow/small/write/a/size:1MiB/touch:12.5",
                           "cow/small/write/a/size:1MiB/touch:12.5/children:4",
                       }));
  const Case last = CasesOf(axes, catalog_, allocators_).back();
  EXPECT_EQ(last.touched().elements, 131072u);
  EXPECT_EQ(last.touched().touched, 16384u);
}

TEST_F(MatrixTest, LeavesOutWhatIsNotSupportedAndWhatHasNoElement) {
  const Axes axes = {.allocators = {"b", "a"},
                     .layouts = {"small", "large"},
                     .patterns = {"write", "read"},
                     .sizes = {1 << 10, 1 << 20}};
  const std::vector<std::string> expected = {
      "cow/small/write/b/size:1KiB", "cow/small/read/b/size:1KiB",
      "cow/small/write/a/size:1KiB", "cow/small/read/a/size:1KiB",
      "cow/small/write/b/size:1MiB", "cow/small/read/b/size:1MiB",
      "cow/small/write/a/size:1MiB", "cow/small/read/a/size:1MiB",
      "cow/large/read/b/size:1MiB",  "cow/large/read/a/size:1MiB"};
  EXPECT_EQ(Ids(axes), expected);
}

TEST_F(MatrixTest, WritersAndOrdersAreNamedWhereTheyDiffer) {
  catalog_[1].random_access = false;
  Axes axes = {.allocators = {"a"},
               .layouts = {"small", "large"},
               .patterns = {"read"},
               .sizes = {1 << 20}};
  axes.Get<axis::Children>() = {2};
  axes.Get<axis::Writer>() = {Writer::kParent};
  axes.Get<axis::Order>() = {workload::Order::kSequential,
                             workload::Order::kShuffled};
  EXPECT_EQ(
      Ids(axes),
      (std::vector<std::string>{
          "cow/small/read/a/size:1MiB/children:2/writer:parent",
          "cow/small/read/a/size:1MiB/children:2/writer:parent/order:shuffled",
          "cow/large/read/a/size:1MiB/children:2/writer:parent"}));
}

TEST_F(MatrixTest, HugePagesAreNamedLastAndDividedByDataSet) {
  Axes axes = {.allocators = {"a"},
               .layouts = {"small"},
               .patterns = {"read", "write"},
               .sizes = {1 << 20}};
  axes.Get<axis::Writer>() = {Writer::kParent};
  axes.Get<axis::Order>() = {workload::Order::kShuffled};
  axes.Get<axis::Thp>() = {HugePages::kAlways, HugePages::kSystem,
                           HugePages::kNever};
  const std::string rest = "a/size:1MiB/writer:parent/order:shuffled";
  EXPECT_EQ(Ids(axes), (std::vector<std::string>{
                           "cow/small/read/" + rest + "/thp:always",
                           "cow/small/write/" + rest + "/thp:always",
                           "cow/small/read/" + rest, "cow/small/write/" + rest,
                           "cow/small/read/" + rest + "/thp:never",
                           "cow/small/write/" + rest + "/thp:never"}));
}

TEST_F(MatrixTest, WhatIsDoneBeforeTheForkIsPartOfTheDataSet) {
  Axes axes = {.allocators = {"a"},
               .layouts = {"small"},
               .patterns = {"read", "write"},
               .sizes = {1 << 20}};
  axes.Get<axis::BeforeFork>() = {BeforeFork::kNothing, BeforeFork::kRelease};
  const std::vector<Case> cases = CasesOf(axes, catalog_, allocators_);
  ASSERT_EQ(cases.size(), 4u);
  EXPECT_EQ(cases[1].Id(), "cow/small/write/a/size:1MiB");
  EXPECT_EQ(cases[2].Id(), "cow/small/read/a/size:1MiB/before_fork:release");
  EXPECT_EQ(cases[0].DataSet(), cases[1].DataSet());
  EXPECT_NE(cases[1].DataSet(), cases[2].DataSet());
  EXPECT_EQ(cases[2].DataSet(), cases[3].DataSet());
}

TEST_F(MatrixTest, ElementsHaveASizeWhereTheyAreAllocatedOneByOne) {
  const workload::ElementwiseEntry elementwise = {
      .least_element_bytes = 24,
      .element_count = [](uint64_t size,
                          uint64_t bytes) { return size / bytes; },
      .build = nullptr,
      .compact = nullptr};
  catalog_[0].elementwise = &elementwise;
  Axes axes = {.allocators = {"a"},
               .layouts = {"small", "large"},
               .patterns = {"read"},
               .sizes = {1 << 10, 1 << 20}};
  axes.Get<axis::Element>() = {axis::Element::kDefault, 16, 24, 4096};
  EXPECT_EQ(
      Ids(axes),
      (std::vector<std::string>{
          "cow/small/read/a/size:1KiB", "cow/small/read/a/size:1KiB/element:24",
          "cow/small/read/a/size:1MiB", "cow/small/read/a/size:1MiB/element:24",
          "cow/small/read/a/size:1MiB/element:4096",
          "cow/large/read/a/size:1MiB"}));
  const std::vector<Case> cases = CasesOf(axes, catalog_, allocators_);
  EXPECT_EQ(cases[2].elements(), 131072u);
  EXPECT_EQ(cases[4].elements(), 256u);
  EXPECT_NE(cases[2].DataSet(), cases[4].DataSet());
}

TEST_F(MatrixTest, HeapsBuildersAndCompactingNeedElementsOfTheirOwn) {
  const workload::ElementwiseEntry elementwise = {};
  catalog_[0].elementwise = &elementwise;
  Axes axes = {.allocators = {"a"},
               .layouts = {"small", "large"},
               .patterns = {"read"},
               .sizes = {1 << 20}};
  axes.Get<axis::BeforeFork>() = {BeforeFork::kCompact};
  axes.Get<axis::Heap>() = {workload::Heap::kAged};
  axes.Get<axis::Builders>() = {8};
  axes.Get<axis::Threads>() = {4};
  EXPECT_EQ(Ids(axes),
            (std::vector<std::string>{
                "cow/small/read/a/size:1MiB/before_fork:compact/heap:aged"
                "/builders:8/threads:4"}));
}

TEST_F(MatrixTest, ASpreadIsOfAPartAndOfPatternsThatVisit) {
  patterns_[0].takes_spread = false;
  Axes axes = {.allocators = {"a"},
               .layouts = {"small"},
               .patterns = {"read", "write"},
               .sizes = {1 << 20}};
  axes.Get<axis::Touch>() = {Percent(), {10'000'000}};
  axes.Get<axis::Spread>() = {workload::Spread::kEven, workload::Spread::kZipf};
  EXPECT_EQ(
      Ids(axes),
      (std::vector<std::string>{
          "cow/small/read/a/size:1MiB", "cow/small/read/a/size:1MiB/touch:10",
          "cow/small/write/a/size:1MiB", "cow/small/write/a/size:1MiB/touch:10",
          "cow/small/write/a/size:1MiB/touch:10/spread:zipf"}));
  EXPECT_EQ(CasesOf(axes, catalog_, allocators_).back().touched().spread,
            workload::Spread::kZipf);
}

// The parent that writes after its children is one writer, but all of them
// run the pattern.
TEST_F(MatrixTest, AParentThatIsLast) {
  patterns_[0].then = "write";
  patterns_[0].stored_bytes = [](const workload::Touch&) -> uint64_t {
    return 0;
  };
  patterns_[1].stored_bytes = [](const workload::Touch& touch) {
    return 8 * touch.touched;
  };
  Axes axes = {.allocators = {"a"},
               .layouts = {"small"},
               .patterns = {"read", "write"},
               .sizes = {1 << 20}};
  axes.Get<axis::Children>() = {2};
  axes.Get<axis::Writer>() = {Writer::kChild, Writer::kParent,
                              Writer::kParentLast};
  const std::vector<Case> cases = CasesOf(axes, catalog_, allocators_);
  const std::string end = "/a/size:1MiB/children:2";
  EXPECT_EQ(
      Ids(axes),
      (std::vector<std::string>{
          "cow/small/read" + end, "cow/small/read" + end + "/writer:parent",
          "cow/small/write" + end, "cow/small/write" + end + "/writer:parent",
          "cow/small/write" + end + "/writer:parent_last"}));
  EXPECT_EQ(cases[0].stored_bytes(), 0u);
  EXPECT_EQ(cases[1].stored_bytes(), 1u << 20);
  EXPECT_EQ(cases[4].stored_bytes(), 1u << 20);
  EXPECT_EQ(cases[4].writer_count(), 1);
  EXPECT_EQ(cases[4].runner_count(), 3);
  EXPECT_EQ(cases[3].runner_count(), 1);
}

TEST(AxesTest, EachReadsWhatItPrintsAndNamesItsDefault) {
  std::string expected;
  AllAxes::ForEach([&expected]<typename Axis>(std::type_identity<Axis>) {
    const std::string text = Axis::Print(Axis::kDefault);
    EXPECT_TRUE(Axis::Parse(text).ok()) << text;
    EXPECT_TRUE(*Axis::Parse(text) == Axis::kDefault) << text;
    EXPECT_FALSE(Axis::Parse("").ok()) << Axis::kName;
    EXPECT_FALSE(Axis::Parse("?").ok()) << Axis::kName;
    expected += absl::StrCat(expected.empty() ? "" : ",", R"({"name":")",
                             Axis::kName, R"(","default":")", text, R"("})");
  });
  EXPECT_EQ(AxesAsJson(), "[" + expected + "]");
  EXPECT_EQ(AxesAsJson().substr(0, 60),
            R"([{"name":"touch","default":"100"},{"name":"children","defaul)");
}

TEST_F(MatrixTest, PresetsHoldTheWholeCatalogAndEveryIdOnce) {
  for (const char* preset : {"smoke", "default", "full"}) {
    const Axes axes = *PresetAxes(preset, catalog_, allocators_);
    EXPECT_EQ(axes.layouts, (std::vector<std::string>{"small", "large"}));
    EXPECT_EQ(axes.patterns, (std::vector<std::string>{"read", "write"}));
    EXPECT_EQ(axes.allocators, (std::vector<std::string>{"a", "b"}));
    const std::vector<std::string> ids = Ids(axes);
    EXPECT_FALSE(ids.empty());
    EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), ids.size());
  }
  EXPECT_FALSE(PresetAxes("all", catalog_, allocators_).ok());
}

TEST_F(MatrixTest, OnlyTheFullPresetHasWhatIsNotInTheDefault) {
  patterns_[1].in_default = false;
  patterns_[1].own_subject = true;
  allocators_[0].in_default = false;
  Axes axes = *PresetAxes("default", catalog_, allocators_);
  EXPECT_EQ(axes.patterns, (std::vector<std::string>{"read"}));
  EXPECT_EQ(axes.allocators, (std::vector<std::string>{"b"}));
  EXPECT_EQ(PresetAxes("full", catalog_, allocators_)->patterns,
            (std::vector<std::string>{"read", "write"}));
  EXPECT_EQ(AllNames(catalog_, allocators_).allocators,
            (std::vector<std::string>{"a", "b"}));
  axes.patterns = AllNames(catalog_, allocators_).patterns;
  axes.layouts = {"small"};
  axes.sizes = {1 << 10};
  const std::vector<Case> cases = CasesOf(axes, catalog_, allocators_);
  ASSERT_EQ(cases.size(), 2u);
  EXPECT_EQ(cases[1].Id(), "cow/small/write/b/size:1KiB");
  EXPECT_NE(cases[0].DataSet(), cases[1].DataSet());
  // A layout's patterns can be asked for when the layout is.
  patterns_[1].in_default = true;
  catalog_[0].in_default = false;
  axes = *PresetAxes("default", catalog_, allocators_);
  EXPECT_EQ(axes.layouts, (std::vector<std::string>{"large"}));
  EXPECT_EQ(axes.patterns, (std::vector<std::string>{"read", "write"}));
  EXPECT_EQ(PresetAxes("full", catalog_, allocators_)->layouts,
            (std::vector<std::string>{"large"}));
}

TEST_F(MatrixTest, ASuiteHasPresetsOfItsOwn) {
  const Preset own[] = {{"mine", [](Axes* axes) {
                           axes->allocators = {"b"};
                           axes->size_of_layout["small"] = 1 << 10;
                         }}};
  EXPECT_EQ(Ids(*PresetAxes("mine", catalog_, allocators_, own)),
            (std::vector<std::string>{
                "cow/small/read/b/size:1KiB", "cow/small/write/b/size:1KiB",
                "cow/large/read/b/size:1MiB", "cow/large/read/b/size:16MiB"}));
  EXPECT_EQ(PresetAxes("other", catalog_, allocators_, own).status().message(),
            "'other' is not one of: smoke, default, full, mine");
}

TEST_F(MatrixTest, WhatGoesOverEverythingIsNotRunOnAPart) {
  patterns_[0].takes_touch = false;
  Axes axes = *PresetAxes("default", catalog_, allocators_);
  axes.layouts = {"small"};
  axes.allocators = {"a"};
  axes.sizes = {1 << 20};
  axes.Get<axis::Touch>() = {Percent(), {10'000'000}};
  EXPECT_EQ(Ids(axes),
            (std::vector<std::string>{"cow/small/read/a/size:1MiB",
                                      "cow/small/write/a/size:1MiB",
                                      "cow/small/write/a/size:1MiB/touch:10"}));
}

}  // namespace
}  // namespace cowbench
