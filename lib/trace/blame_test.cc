// Copies are blamed on the function that is known to make them.
#include "lib/trace/blame.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/trace/session.h"
#include "lib/trace/table.h"
#include "lib/trace/testing/hold.h"
#include "lib/trace/unwinder.h"

namespace cowbench::trace {
namespace {

constexpr uint64_t kPages = 256;

class BlameTest : public ::testing::Test {
 protected:
  void Trace(const std::string& scenario, const TraceOptions& options = {},
             std::string program = "lib/trace/testing/scenario") {
    std::string argument = scenario;
    char* arguments[] = {program.data(), argument.data(), nullptr};
    absl::StatusOr<SessionResult> result =
        TraceCommand(arguments, options, HoldUntilChildEnds);
    ASSERT_TRUE(result.ok()) << result.status();
    report_ = std::move(result->report);
    Symbols symbols(report_.places);
    blame_ = BlameOf(report_, symbols);
  }

  bool SeesKernel() const {
    return std::none_of(report_.notes.begin(), report_.notes.end(),
                        [](const std::string& note) {
                          return absl::StrContains(note, "without privilege");
                        });
  }

  Report report_;
  Blame blame_;
};

TEST_F(BlameTest, FunctionMappingAndPath) {
  Trace("child_writes");
  ASSERT_FALSE(blame_.functions.empty());
  EXPECT_TRUE(absl::StrContains(blame_.functions[0].names[0], "Write("))
      << blame_.functions[0].names[0];
  EXPECT_GE(blame_.functions[0].pages, kPages);
  EXPECT_EQ(blame_.mappings[0].names[0], "unnamed memory");
  EXPECT_GE(blame_.mappings[0].pages, kPages);
  const std::string cause = CauseOf(report_, blame_);
  EXPECT_TRUE(absl::StartsWith(cause, "1 child copied 1.0")) << cause;
  EXPECT_TRUE(absl::StrContains(cause, "Write(")) << cause;
}

TEST_F(BlameTest, SystemCallsAreBlamedOnTheirCaller) {
  Trace("system_call");
  if (!SeesKernel()) {
    GTEST_SKIP() << "SKIPPED: needs privilege";
  }
  EXPECT_TRUE(absl::StrContains(blame_.functions[0].names[0], "syscall"))
      << blame_.functions[0].names[0];
  EXPECT_GE(blame_.functions[0].pages, kPages);
}

// Whether a call path has functions of these names, the innermost first.
bool HasPath(const Blame& blame, const std::vector<std::string>& functions) {
  return std::any_of(
      blame.paths.begin(), blame.paths.end(), [&](const Blamed& path) {
        return std::search(
                   path.names.begin(), path.names.end(), functions.begin(),
                   functions.end(),
                   [](const std::string& name, const std::string& part) {
                     return absl::StrContains(name, part);
                   }) != path.names.end();
      });
}

TEST_F(BlameTest, CallersOfCodeWithoutFramePointers) {
  if (Unwinder::kRegisters == 0) {
    GTEST_SKIP() << "SKIPPED: not on this processor";
  }
  constexpr char kProgram[] = "lib/trace/testing/frameless";
  const std::vector<std::string> functions = {"WritePage(", "Inner(", "Outer(",
                                              "main"};
  Trace("", {.call_graph = CallGraph::kDwarf}, kProgram);
  EXPECT_TRUE(HasPath(blame_, functions)) << Table(report_, blame_);
  EXPECT_TRUE(absl::StrContains(CauseOf(report_, blame_), "called by"));
  Trace("", {.call_graph = CallGraph::kFramePointers}, kProgram);
  EXPECT_TRUE(HasPath(blame_, {"WritePage("}));
  EXPECT_FALSE(HasPath(blame_, {"Inner("})) << Table(report_, blame_);
}

// The unwind tables must be those of the forked memory, even if the child has
// executed another program by the time its samples are read.
TEST_F(BlameTest, CallersInAChildThatExecutesAProgram) {
  if (Unwinder::kRegisters == 0) {
    GTEST_SKIP() << "SKIPPED: not on this processor";
  }
  Trace("exec", {.call_graph = CallGraph::kDwarf});
  EXPECT_TRUE(HasPath(blame_, {"Write(", "Run("})) << Table(report_, blame_);
}

TEST_F(BlameTest, CodeThatAChildGenerates) {
  Trace("made_code");
  ASSERT_EQ(report_.processes.size(), 2);
  unlink(
      absl::StrCat("/tmp/perf-", report_.processes[1].process, ".map").c_str());
  EXPECT_EQ(blame_.functions[0].names[0], "made by the program");
  // Two functions wrote, and only one fault in 31 has a call path, so their
  // shares are approximate.
  EXPECT_GE(blame_.functions[0].pages, kPages / 2);
}

TEST_F(BlameTest, TotalsEqualTheCopies) {
  Trace("two_children_then_parent");
  uint64_t copied = 0;
  for (const ProcessReport& process : report_.processes) {
    copied += process.copied + process.copied_for_children;
  }
  EXPECT_EQ(blame_.pages, copied);
  std::ostringstream folded;
  WriteFolded(blame_, 1, folded);
  std::istringstream lines(folded.str());
  std::string line;
  uint64_t sum = 0;
  while (std::getline(lines, line)) {
    sum += std::stoull(line.substr(line.rfind(' ')));
  }
  EXPECT_EQ(sum, copied);
}

TEST_F(BlameTest, ReportsLostFaults) {
  Trace("unread", {.faults = Faults::kAll, .largest_ring = 4096});
  EXPECT_GT(report_.lost_samples, 0);
  EXPECT_TRUE(absl::StrContains(Table(report_, blame_),
                                absl::StrCat("Note: ", report_.lost_samples,
                                             " records of faults were lost")));
}

TEST(BlameOfTest, ACorrectedCopyGetsNoShare) {
  Report report;
  report.mapping_names = {"memory"};
  report.processes.emplace_back().culprits = {
      {{.mapping = 0, .path = 1}, 0}, {{.mapping = 0, .path = kNotSampled}, 3}};
  Symbols symbols(report.places);
  const Blame blame = BlameOf(report, symbols);
  EXPECT_EQ(blame.pages, 3);
  ASSERT_EQ(blame.paths.size(), 1);
  EXPECT_EQ(blame.paths[0].pages, 3);
}

class MadeCodeTest : public ::testing::Test {
 protected:
  MadeCodeTest() { unlink(path_.c_str()); }
  ~MadeCodeTest() override { unlink(path_.c_str()); }

  void WriteMap() {
    std::ofstream(path_) << "7f0000001000 40 py::work:/a b.py\n"
                            "7f0000002000 10 py::\033other\n";
  }

  static std::vector<std::string> Names() {
    Places places;
    const uint64_t chain[] = {0x7f0000001020, 0x7f0000002010, 0x7f0000009000};
    const uint32_t number = places.Resolve(chain, {}, getpid());
    Symbols symbols(places);
    std::vector<std::string> names;
    for (const uint64_t place : places.path(number)) {
      names.push_back(symbols.NameOf(place));
    }
    return names;
  }

  const std::string path_ = absl::StrCat("/tmp/perf-", getpid(), ".map");
  const std::vector<std::string> unknown_ =
      std::vector<std::string>(3, kUnknownName);
};

TEST_F(MadeCodeTest, TakesNamesFromTheMap) {
  WriteMap();
  EXPECT_EQ(Names(), (std::vector<std::string>{"py::work:/a b.py",
                                               "py::\\x1bother", "[unknown]"}));
}

TEST_F(MadeCodeTest, AFifoDoesNotBlock) {
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  EXPECT_EQ(Names(), unknown_);
}

TEST_F(MadeCodeTest, IgnoresALink) {
  WriteMap();
  const std::string target = path_ + ".target";
  ASSERT_EQ(rename(path_.c_str(), target.c_str()), 0);
  ASSERT_EQ(symlink(target.c_str(), path_.c_str()), 0);
  EXPECT_EQ(Names(), unknown_);
  unlink(target.c_str());
}

TEST_F(MadeCodeTest, IgnoresAnotherUsersMap) {
  WriteMap();
  constexpr uid_t kNobody = 65534;
  if (geteuid() == kNobody || chown(path_.c_str(), kNobody, kNobody) != 0) {
    GTEST_SKIP() << "SKIPPED: needs root";
  }
  EXPECT_EQ(Names(), unknown_);
}

// The cause for children that copied these numbers of pages.
std::string Cause(const std::vector<uint64_t>& copied) {
  Report report;
  report.page_size = 4096;
  for (const uint64_t pages : copied) {
    ProcessReport& child = report.processes.emplace_back();
    child.is_fork = true;
    child.copied = pages;
  }
  Blame blame;
  blame.pages = 1;
  blame.mappings = {{{"memory"}, 1}};
  blame.functions = {{{"function"}, 1}};
  const std::string cause = CauseOf(report, blame);
  return cause.substr(0, cause.find(", 100 %"));
}

TEST(CauseTest, NamesTheChildrenThatCopiedMost) {
  EXPECT_EQ(Cause({2048}), "1 child copied 8 MiB");
  EXPECT_EQ(Cause({2048, 1900, 2000}), "3 children copied 7.81 MiB each");
  EXPECT_EQ(Cause({4, 2048, 2000, 38}),
            "2 children copied 8 MiB each (2 others at most 152 KiB)");
  EXPECT_EQ(Cause({2048, 1, 1}),
            "1 child copied 8 MiB (2 others at most 4 KiB)");
  EXPECT_EQ(Cause({2048, 1024, 1024}), "3 children copied 4 MiB to 8 MiB each");
}

TEST(SymbolsTest, FunctionsOfThisProgram) {
  const absl::StatusOr<std::vector<probe::ProcessMapping>> mappings =
      probe::MappingsOf(getpid());
  ASSERT_TRUE(mappings.ok());
  Places places;
  const uint64_t chain[] = {reinterpret_cast<uint64_t>(&CauseOf),
                            reinterpret_cast<uint64_t>(&getpid) + 1};
  const uint32_t number = places.Resolve(chain, *mappings, getpid());
  Symbols symbols(places);
  EXPECT_TRUE(absl::StrContains(symbols.NameOf(places.path(number)[0]),
                                "cowbench::trace::CauseOf"));
  EXPECT_TRUE(
      absl::StrContains(symbols.NameOf(places.path(number)[1]), "getpid"));
}

}  // namespace
}  // namespace cowbench::trace
