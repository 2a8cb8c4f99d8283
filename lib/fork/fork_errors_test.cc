// Runs that end in an error leave no child behind.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <stdexcept>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "lib/fork/fork_runner.h"
#include "lib/probe/shared_memory.h"

namespace cowbench {
namespace {

class ForkErrorsTest : public testing::Test {
 protected:
  ~ForkErrorsTest() override {
    // Not even as a zombie.
    EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
    EXPECT_EQ(errno, ECHILD);
  }

  ForkRunner runner_ = *ForkRunner::Create();
};

TEST_F(ForkErrorsTest, AChildThatExitsIsAnError) {
  const auto result = runner_.Run({.children = 3}, [] { _exit(7); });
  EXPECT_EQ(result.status().code(), absl::StatusCode::kAborted);
  EXPECT_NE(
      result.status().message().find("exited with status 7 in its window"),
      std::string::npos)
      << result.status();
}

TEST_F(ForkErrorsTest, AChildThatCrashesIsAnErrorAndTheNextRunIsFine) {
  const auto result = runner_.Run({}, [] {
    signal(SIGSEGV, SIG_DFL);  // sanitizers catch it
    raise(SIGSEGV);
  });
  EXPECT_EQ(result.status().code(), absl::StatusCode::kAborted);
  EXPECT_NE(result.status().message().find("killed by signal 11"),
            std::string::npos)
      << result.status();
  EXPECT_TRUE(runner_.Run({}, [] {}).ok());
}

TEST_F(ForkErrorsTest, AChildThatHangsIsKilledAtTheDeadline) {
  const auto result = runner_.Run(
      {.children = 2, .deadline = absl::Milliseconds(200)}, [] { pause(); });
  EXPECT_EQ(result.status().code(), absl::StatusCode::kDeadlineExceeded);
}

TEST_F(ForkErrorsTest, APatternThatThrowsNoStdExceptionEndsItsChild) {
  const auto result = runner_.Run({}, [] { throw 1; });
  EXPECT_NE(result.status().message().find("killed by signal 6"),
            std::string::npos)
      << result.status();
}

TEST_F(ForkErrorsTest, TheErrorHasTheTextOfAnException) {
  for (const Writer writer : {Writer::kChild, Writer::kParent}) {
    const auto result = runner_.Run(
        {.writer = writer}, [] { throw std::runtime_error("no such thing"); });
    EXPECT_EQ(result.status().code(), absl::StatusCode::kInternal);
    EXPECT_NE(result.status().message().find("no such thing"),
              std::string::npos)
        << result.status();
  }
}

TEST_F(ForkErrorsTest, RefusesTooFewOrTooManyChildren) {
  for (const int children : {-1, 0, kMaxChildren + 1}) {
    EXPECT_EQ(runner_.Run({.children = children}, [] {}).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
}

TEST_F(ForkErrorsTest, ChildrenDieWithTheirParent) {
  // The parent is a process in between, which is killed while its child hangs.
  auto memory = *probe::SharedMemory::Map(sizeof(pid_t));
  volatile pid_t* const grandchild = memory.as<pid_t>();
  const pid_t between = fork();
  if (between == 0) {
    [[maybe_unused]] const auto result = runner_.Run({}, [&] {
      *grandchild = getpid();
      pause();
    });
    _exit(0);
  }
  while (*grandchild == 0) usleep(1000);
  kill(between, SIGKILL);
  waitpid(between, nullptr, 0);
  // It may stay a zombie until init reaps it.
  char state = 'R';
  for (int i = 0; i < 5000 && state != 'Z' && state != '-'; ++i) {
    const std::string path = "/proc/" + std::to_string(*grandchild) + "/stat";
    FILE* file = fopen(path.c_str(), "r");
    if (file == nullptr || fscanf(file, "%*d %*s %c", &state) != 1) state = '-';
    if (file != nullptr) fclose(file);
    usleep(1000);
  }
  EXPECT_TRUE(state == 'Z' || state == '-') << state;
}

}  // namespace
}  // namespace cowbench
