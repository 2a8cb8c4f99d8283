// Runs in which the kernel or a filter refuses a system call.
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "lib/fork/fork_runner.h"
#include "lib/probe/shared_memory.h"

namespace cowbench {
namespace {

// Calls `restrict` and then runs, in another process. Returns the error
// message; empty if the run succeeded.
std::string MessageOfRun(absl::FunctionRef<bool()> restrict) {
  constexpr size_t kRoom = 500;
  const auto memory = *probe::SharedMemory::Map(kRoom + 1);
  auto* const message = memory.as<char>();
  const pid_t pid = fork();
  if (pid == 0) {
    ForkRunner runner = *ForkRunner::Create();
    if (restrict()) {
      const auto result = runner.Run({}, [] {});
      const std::string text(result.status().message());
      text.copy(message, kRoom);
      _exit(0);
    }
    _exit(1);
  }
  int status = -1;
  waitpid(pid, &status, 0);
  EXPECT_EQ(status, 0);
  return message;
}

// Makes the system call fail with EPERM, as a container's filter does.
bool Refuse(int64_t call) {
  sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<uint32_t>(call), 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog filter = {.len = std::size(program), .filter = program};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

TEST(RefusedCallsTest, AreErrorsThatNameTheCall) {
  const struct {
    int64_t number;
    const char* name;
  } calls[] = {
      {SYS_getrusage, "getrusage: Operation not permitted"},
      {SYS_eventfd2, "eventfd: Operation not permitted"},
      {SYS_pidfd_open, "pidfd_open: Operation not permitted"},
      {SYS_prctl, "prctl(PR_SET_PDEATHSIG): Operation not permitted"},
      {SYS_madvise, "madvise(MADV_POPULATE_READ): Operation not permitted"},
  };
  for (const auto& call : calls) {
    const std::string message =
        MessageOfRun([&] { return Refuse(call.number); });
    EXPECT_NE(message.find(call.name), std::string::npos) << message;
  }
}

#ifndef __SANITIZE_ADDRESS__  // AddressSanitizer reserves terabytes
TEST(RefusedCallsTest, OneChildNeedsAddressSpaceForOneChildOnly) {
  EXPECT_EQ(MessageOfRun([] {
              // Twice what the page states of one child take up.
              constexpr rlim_t kLimit = rlim_t{256} << 20;
              const rlimit limit = {kLimit, kLimit};
              return setrlimit(RLIMIT_AS, &limit) == 0;
            }),
            "");
}
#endif

}  // namespace
}  // namespace cowbench
