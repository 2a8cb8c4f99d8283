#include "lib/suite/counters.h"

#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/probe/mappings.h"

namespace cowbench {
namespace {

using Values = std::map<std::string, double>;

Values ValuesOf(const Totals& totals) {
  benchmark::UserCounters counters;
  SetCounters(totals, &counters);
  Values values;
  for (const auto& [name, counter] : counters) {
    values[name] = counter.value;
  }
  return values;
}

// A writer of a counted fork.
Sample Counted(uint64_t copied) {
  Sample sample = {};
  sample.pages = WindowPages{.copied = copied,
                             .copied_metadata = 1,
                             .fresh = 2,
                             .fork_tax = 3,
                             .unsure = 0,
                             .reused = 0};
  sample.minor_faults = static_cast<int64_t>(copied) + 2;
  sample.end_ns = 1000;
  return sample;
}

RunReply Fork(const std::vector<Sample>& samples) {
  RunReply reply = {};
  reply.fork_ns = 100;
  reply.access_ns = 200;
  reply.exit_ns = 300;
  std::copy(samples.begin(), samples.end(), reply.samples);
  return reply;
}

TEST(CountersTest, AreMeansOverForksAndWriters) {
  Totals totals;
  totals.stored_bytes = 8;
  totals.built.resident_bytes = 12345;
  totals.built.knows_data_pages = true;
  totals.Add(Fork({Counted(10), Counted(14)}), 2);
  Sample timed = Counted(0);
  timed.pages.reset();
  timed.minor_faults = 14;
  totals.Add(Fork({timed, timed}), 2);
  const auto page = static_cast<double>(probe::PageSize());
  const Values values = ValuesOf(totals);
  const Values expected = {{"copied_bytes", 12 * page},
                           {"copied_metadata_bytes", page},
                           {"minor_faults", 14},
                           {"major_faults", 0},
                           {"amplification", 12 * page / 8},
                           {"fresh_bytes", 2 * page},
                           {"fork_tax_bytes", 3 * page},
                           {"resident_bytes", 12345},
                           {"huge_bytes", 0}};
  for (const auto& [name, value] : expected) {
    ASSERT_TRUE(values.contains(name)) << name;
    EXPECT_EQ(values.at(name), value) << name;
  }
  EXPECT_DOUBLE_EQ(values.at("fork_time"), 100e-9);
  EXPECT_DOUBLE_EQ(values.at("access_time"), 200e-9);
  EXPECT_DOUBLE_EQ(values.at("exit_time"), 300e-9);
  EXPECT_DOUBLE_EQ(values.at("wall_time"), 600e-9);
  EXPECT_DOUBLE_EQ(values.at("copied_page_time"), 1000e-9 / 12);
  // Writers differ, but each does the same in every fork.
  EXPECT_FALSE(values.contains("copied_bytes_spread"));
}

TEST(CountersTest, TheSpreadIsThatOfOneWriter) {
  Totals totals;
  totals.Add(Fork({Counted(10), Counted(90)}), 2);
  totals.Add(Fork({Counted(12), Counted(90)}), 2);
  totals.Add(Fork({Counted(11), Counted(95)}), 2);
  EXPECT_EQ(ValuesOf(totals).at("copied_bytes_spread"),
            5 * static_cast<double>(probe::PageSize()));
}

TEST(CountersTest, WhatIsReusedIsTheMeanToo) {
  Sample sample = Counted(10);
  sample.pages->reused = 4;
  Totals totals;
  totals.Add(Fork({sample}), 1);
  sample.pages->reused = 5;
  totals.Add(Fork({sample}), 1);
  EXPECT_EQ(ValuesOf(totals).at("reused_bytes"),
            4.5 * static_cast<double>(probe::PageSize()));
}

TEST(CountersTest, WhatACaseCannotHaveIsLeftOut) {
  Totals totals;
  Sample idle = {};
  idle.pages.emplace();
  totals.Add(Fork({idle}), 1);
  const Values values = ValuesOf(totals);
  EXPECT_FALSE(values.contains("amplification"));
  EXPECT_FALSE(values.contains("copied_metadata_bytes"));
  EXPECT_FALSE(values.contains("copied_page_time"));
  EXPECT_FALSE(values.contains("reused_bytes"));
  EXPECT_EQ(values.at("copied_bytes"), 0);

  Totals timed;
  timed.stored_bytes = 8;
  timed.Add(Fork({Sample()}), 1);
  for (const char* name :
       {"copied_bytes", "fresh_bytes", "fork_tax_bytes", "amplification"}) {
    EXPECT_FALSE(ValuesOf(timed).contains(name)) << name;
  }

  Totals mostly_fresh;
  Sample sample = Counted(10);
  sample.minor_faults = 21;
  mostly_fresh.Add(Fork({sample}), 1);
  EXPECT_FALSE(ValuesOf(mostly_fresh).contains("copied_page_time"));
  mostly_fresh.faults_of_copy = 2;
  EXPECT_TRUE(ValuesOf(mostly_fresh).contains("copied_page_time"));
}

TEST(CountersTest, NamesAreUniqueAndEndInTheUnit) {
  std::set<std::string> names;
  for (const CounterEntry& counter : Counters()) {
    const std::string name = counter.name;
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_EQ(counter.kind == Kind::kTime, counter.unit == Unit::kSeconds);
    EXPECT_EQ(absl::EndsWith(name, "_time"), counter.unit == Unit::kSeconds);
    EXPECT_EQ(absl::StrContains(name, "_faults"),
              counter.unit == Unit::kFaults);
    EXPECT_EQ(absl::StrContains(name, "_bytes"), counter.unit == Unit::kBytes);
  }
}

TEST(CountersTest, JsonDescribesEach) {
  const std::string json = CountersAsJson();
  EXPECT_TRUE(absl::StartsWith(
      json, R"([{"name":"copied_bytes","heading":"copied","unit":"bytes",)"
            R"("kind":"count","better":"less","meaning":"Pages that )"));
  EXPECT_TRUE(absl::StrContains(
      json, R"("unit":"bytes","kind":"count","better":"","meaning":"The sub)"));
  EXPECT_TRUE(absl::StrContains(
      json, R"({"name":"wall_time","heading":"wall","unit":"seconds",)"
            R"("kind":"time","better":"less",)"));
}

// | counter | table | meaning |
TEST(CountersTest, AreWhatTheReferenceSays) {
  std::string expected = "| counter | table | meaning |\n|---|---|---|\n";
  for (const CounterEntry& counter : Counters()) {
    absl::StrAppend(&expected, "| `", counter.name, "` |",
                    counter.shown == Shown::kAlways
                        ? absl::StrCat(" ", counter.heading)
                        : "",
                    " | ", counter.meaning, " |\n");
  }
  std::ifstream file("docs/reference.md");
  const std::string reference(std::istreambuf_iterator<char>(file), {});
  const size_t begin = reference.find("| counter |");
  const size_t end = reference.find("\n\n", begin);
  ASSERT_LT(begin, end);
  EXPECT_EQ(reference.substr(begin, end + 1 - begin), expected);
}

}  // namespace
}  // namespace cowbench
