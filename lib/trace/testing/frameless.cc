// A traced program whose functions keep no frame pointers: only the exception
// tables tell that Outer() calls Inner(), and that Inner() calls the function
// that writes.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace {

const auto kPage = static_cast<size_t>(getpagesize());
constexpr size_t kPages = 512;

// A statement after each call keeps it from becoming a tail call.
volatile int calls = 0;

[[gnu::noinline]] void WritePage(char* page) {
  *static_cast<volatile char*>(page) = 2;
  calls = calls + 1;
}

[[gnu::noinline]] void Inner(char* data) {
  for (size_t i = 0; i < kPages; ++i) {
    WritePage(data + i * kPage);
  }
  calls = calls + 1;
}

[[gnu::noinline]] void Outer(char* data) {
  Inner(data);
  calls = calls + 1;
}

}  // namespace

int main() {
  void* const memory = mmap(nullptr, kPages * kPage, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    abort();
  }
  char* const data = static_cast<char*>(memory);
  madvise(data, kPages * kPage, MADV_NOHUGEPAGE);
  memset(data, 1, kPages * kPage);
  if (fork() == 0) {
    Outer(data);
    _exit(0);
  }
  wait(nullptr);
  return 0;
}
