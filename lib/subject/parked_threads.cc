#include "lib/subject/parked_threads.h"

#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "lib/base/small_file.h"

namespace cowbench {
namespace {

constexpr size_t kBlockBytes = 64;
constexpr uint32_t kAsleep = 0;

// Thread id of the one that was started last, once it is about to sleep.
std::atomic<pid_t> last_parked;
std::atomic<uint32_t> wake_up = kAsleep;  // nobody does

void* Park(void*) {
  void* volatile block = malloc(kBlockBytes);
  free(block);
  last_parked = gettid();
  while (true) {
    syscall(SYS_futex, &wake_up, FUTEX_WAIT_PRIVATE, kAsleep, nullptr, nullptr,
            0);
  }
  return nullptr;
}

// proc_pid_stat(5): the letter after the name, which is in parentheses.
bool Sleeps(pid_t thread) {
  char path[64];
  char room[256];
  snprintf(path, sizeof(path), "/proc/self/task/%d/stat", thread);
  const std::string_view text = ReadSmallFile(path, room).value_or("");
  const size_t name_end = text.rfind(')');
  return name_end != text.npos && text.substr(name_end).starts_with(") S");
}

}  // namespace

absl::Status ParkThreads(int threads) {
  for (int i = 0; i < threads; ++i) {
    last_parked = 0;
    pthread_t thread;
    const int error = pthread_create(&thread, nullptr, Park, nullptr);
    if (error != 0) {
      return absl::ResourceExhaustedError(
          absl::StrCat("cannot start a thread: ", strerror(error)));
    }
    // The next one starts when this one is done with the allocator.
    while (last_parked == 0 || !Sleeps(last_parked)) {
      usleep(100);
    }
  }
  return absl::OkStatus();
}

}  // namespace cowbench
