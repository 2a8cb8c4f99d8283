#include "lib/suite/console_reporter.h"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "lib/suite/counters.h"

namespace cowbench {
namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;

// Reports invented cases.
class ConsoleReporterTest : public testing::Test {
 protected:
  Case& Add(const std::string& layout, const std::string& allocator) {
    layout_names_.push_back(layout);
    layouts_.push_back({.name = layout_names_.back()});
    allocators_.push_back({.name = allocator});
    cases_.push_back({.allocator = &allocators_.back(),
                      .layout = &layouts_.back(),
                      .pattern = &pattern_,
                      .size = kMiB});
    return cases_.back();
  }

  // The output for cases with these copied bytes. Below zero: the case failed.
  std::string Report(const std::vector<double>& copied, Table table,
                     size_t width) {
    std::ostringstream out;
    ConsoleReporter reporter(cases_, false, table, width);
    reporter.SetOutputStream(&out);
    reporter.SetErrorStream(&out);
    reporter.ReportContext({});
    for (size_t i = 0; i < cases_.size(); ++i) {
      cowbench::Run run;
      run.run_name.function_name = cases_[i].Id();
      run.run_type = cowbench::Run::RT_Iteration;
      run.aggregate_unit = benchmark::kTime;
      if (copied[i] < 0) {
        SetFailed(std::string(200, 'x'), run);
      }
      for (const CounterEntry& entry : Counters()) {
        if (entry.shown == Shown::kAlways) {
          run.counters[entry.name] = 123456;
        }
      }
      run.counters["copied_bytes"] = copied[i];
      reporter.ReportRuns({run});
    }
    reporter.Finalize();
    return out.str();
  }

 private:
  template <typename R>
  static void SetFailed(const std::string& message, R& run) {
    if constexpr (requires { run.error_occurred; }) {
      run.error_occurred = true;
    } else {
      run.skipped = decltype(run.skipped)(1);
    }
    FailureMessage(run) = message;
  }

  std::deque<std::string> layout_names_;
  std::deque<workload::LayoutEntry> layouts_;
  std::deque<Allocator> allocators_;
  workload::PatternEntry pattern_ = {.name = "free"};
  std::vector<Case> cases_;
};

std::vector<std::string> Lines(const std::string& text) {
  return absl::StrSplit(text, '\n');
}

size_t Longest(const std::string& text) {
  size_t longest = 0;
  for (const std::string& line : Lines(text)) {
    longest = std::max(longest, line.size());
  }
  return longest;
}

TEST_F(ConsoleReporterTest, NoLineIsLongerThanTheTerminal) {
  for (const char* layout : {"boxed_side_refcount", "array"}) {
    for (const char* allocator :
         {"glibc", "jemalloc", "tcmalloc", "mimalloc"}) {
      Add(layout, allocator);
    }
  }
  const std::vector<double> copied = {1e6, 2e5, 1e6, -1, 3e5, 3e5, 9e5, 0};
  const auto columns = [&](size_t width) {
    const std::string text = Report(copied, Table::kFit, width);
    EXPECT_LE(Longest(text), width) << text;
    return std::vector<std::string>(
               absl::StrSplit(Lines(text)[0], ' ', absl::SkipEmpty()))
        .size();
  };
  EXPECT_EQ(columns(80), 4u);   // case, copied, fork, access
  EXPECT_EQ(columns(100), 6u);  // and minflt, metadata
  EXPECT_GT(Longest(Report(copied, Table::kFull, 80)), 150u);
}

TEST_F(ConsoleReporterTest, PrintsTheCommonEndOfLongIdsOnce) {
  for (const char* allocator : {"glibc", "jemalloc"}) {
    Case& c = Add("node_hash_map", allocator);
    c.point.Get<axis::Touch>() = {10'000'000};
    c.point.Get<axis::Children>() = 4;
    c.point.Get<axis::Writer>() = Writer::kParent;
  }
  const std::string text = Report({1e6, 2e5}, Table::kFit, 80);
  EXPECT_LE(Longest(text), 80u) << text;
  EXPECT_EQ(Lines(text)[0],
            "All case ids end in /size:1MiB/touch:10/children:4/writer:parent");
  EXPECT_TRUE(absl::StrContains(text, "\ncow/node_hash_map/free/glibc  "));
}

TEST_F(ConsoleReporterTest, ComparesAllocatorsWhereTheyDiffer) {
  for (const char* layout : {"a", "b", "c"}) {
    for (const char* allocator : {"x", "y", "z"}) {
      Add(layout, allocator);
    }
  }
  // A difference of one page does not count, and gets no mark.
  const std::vector<double> copied = {
      8 * kMiB, 16 * kMiB, 8 * kMiB + 4096,  0, 4096,
      4096,     64 * kMiB, 64 * kMiB + 8192, -1};
  const std::string text = Report(copied, Table::kFit, 80);
  const size_t title = text.find("\nBytes copied per child;");
  ASSERT_NE(title, text.npos) << text;
  EXPECT_EQ(text.substr(text.find("\n\n", title)),
            "\n\nsize:1MiB\n"
            "              x         y         z\n"
            "a/free    8 MiB*   16 MiB  8.00 MiB*\n"
            "\n2 of 3 rows are alike under all allocators: not shown.\n");
  const std::string full = Report(copied, Table::kFull, 80);
  EXPECT_TRUE(
      absl::StrContains(full, "\nc/free   64 MiB  64.0 MiB         -\n"))
      << full;
}

TEST_F(ConsoleReporterTest, ComparesTheLargestSizeAndNamesWhatVaries) {
  for (const size_t size : {1 << 20, 2 << 20}) {
    for (const bool part : {false, true}) {
      for (const char* allocator : {"x", "y"}) {
        Case& c = Add("a", allocator);
        c.size = size;
        c.point.Get<axis::Touch>() = {part ? 10'000'000 : 100'000'000};
      }
    }
  }
  const std::vector<double> copied = {kMiB,     0, 0.5 * kMiB, 0,
                                      2 * kMiB, 0, kMiB,       kMiB};
  const std::string text = Report(copied, Table::kFit, 80);
  const size_t title = text.find("\nBytes copied per child;");
  ASSERT_NE(title, text.npos) << text;
  EXPECT_EQ(text.substr(text.find("\n\n", title)),
            "\n\nsize:2MiB/touch:100\n"
            "              x         y\n"
            "a/free    2 MiB       0 B*\n"
            "\n1 of 4 rows are alike under all allocators: not shown.\n"
            "2 rows of smaller sizes: --table=full.\n");
}

TEST_F(ConsoleReporterTest, SaysWhosePagesTheyAre) {
  Add("a", "x").point.Get<axis::Writer>() = Writer::kParent;
  Add("a", "y").point.Get<axis::Writer>() = Writer::kParent;
  EXPECT_TRUE(absl::StrContains(Report({0, 1e6}, Table::kFit, 80),
                                "\nBytes copied by the parent;"));
  Add("a", "x");
  Add("a", "y");
  EXPECT_TRUE(absl::StrContains(Report({0, 1e6, 0, 1e6}, Table::kFit, 80),
                                "\nBytes copied by each writer;"));
}

TEST_F(ConsoleReporterTest, OneAllocatorIsNotCompared) {
  Add("a", "x");
  EXPECT_EQ(Lines(Report({1e6}, Table::kFit, 80)).size(), 4u);
}

TEST_F(ConsoleReporterTest, NoTable) {
  Add("a", "x");
  Add("a", "y");
  EXPECT_EQ(Report({0, 1e6}, Table::kNone, 80), "");
}

}  // namespace
}  // namespace cowbench
