// Copies are blamed on the function that is known to make them.
#include "lib/trace/blame.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/trace/session.h"
#include "lib/trace/table.h"
#include "lib/trace/testing/hold.h"

namespace cowbench::trace {
namespace {

constexpr uint64_t kPages = 256;

class BlameTest : public ::testing::Test {
 protected:
  void Trace(const std::string& scenario, const TraceOptions& options = {}) {
    std::string program = "lib/trace/testing/scenario";
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
  EXPECT_TRUE(absl::StrContains(blame_.functions[0].names[0], "read"))
      << blame_.functions[0].names[0];
  EXPECT_GE(blame_.functions[0].pages, kPages);
}

TEST_F(BlameTest, SumsAreTheCopies) {
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

TEST_F(BlameTest, LostFaultsAreSaid) {
  Trace("unread", {.faults = Faults::kAll, .largest_ring = 4096});
  EXPECT_GT(report_.lost_samples, 0);
  EXPECT_TRUE(absl::StrContains(Table(report_, blame_),
                                absl::StrCat("Note: ", report_.lost_samples,
                                             " records of faults were lost")));
}

TEST(SymbolsTest, CodeThatAProgramHasMade) {
  const pid_t process = getpid();
  const std::string path = absl::StrCat("/tmp/perf-", process, ".map");
  std::ofstream(path) << "7f0000001000 40 py::work:/a b.py\n"
                         "7f0000002000 10 py::other\n";
  Places places;
  const uint64_t chain[] = {0x7f0000001020, 0x7f0000002010, 0x7f0000009000};
  const uint32_t number = places.Resolve(chain, {}, process);
  Symbols symbols(places);
  EXPECT_EQ(symbols.NameOf(places.path(number)[0]), "py::work:/a b.py");
  EXPECT_EQ(symbols.NameOf(places.path(number)[1]), "py::other");
  EXPECT_EQ(symbols.NameOf(places.path(number)[2]), "[unknown]");
  unlink(path.c_str());
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
