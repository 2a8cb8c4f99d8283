#include "benchmarks/calibration/limits.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "absl/functional/function_ref.h"
#include "benchmarks/calibration/clock.h"
#include "lib/base/small_file.h"
#include "lib/probe/mappings.h"
#include "lib/probe/shared_memory.h"

namespace cowbench {
namespace {

[[noreturn]] void Die(const char* what) {
  perror(what);
  exit(1);
}

char* MapAnonymous(size_t bytes) {
  void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    Die("mmap");
  }
  return static_cast<char*>(memory);
}

double PerPage(const Pages& pages, absl::FunctionRef<void(size_t page)> visit) {
  const double begin = Seconds();
  for (size_t i = 0; i < pages.count(); ++i) {
    visit(i);
  }
  return (Seconds() - begin) / static_cast<double>(pages.count());
}

// Forks a child that runs `body` and exits. Returns the seconds in fork().
double InChild(absl::FunctionRef<void()> body) {
  const double before = Seconds();
  const pid_t pid = fork();
  const double after = Seconds();
  if (pid < 0) {
    Die("fork");
  }
  if (pid == 0) {
    body();
    _exit(0);
  }
  while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  return after - before;
}

template <typename T>
probe::SharedMemory MapShared() {
  absl::StatusOr<probe::SharedMemory> memory =
      probe::SharedMemory::Map(sizeof(T));
  if (!memory.ok()) {
    Die("mmap");
  }
  return *std::move(memory);
}

// The memory of this process's last level of page tables, in KiB.
double PageTableKib() {
  char room[4096];
  const auto status = ReadSmallFile("/proc/self/status", room);
  if (!status.has_value()) {
    Die("/proc/self/status");
  }
  return static_cast<double>(NumberOf(*status, "VmPTE").value_or(0));
}

}  // namespace

Pages::Pages(size_t bytes, size_t stride)
    : data_(MapAnonymous(bytes)), bytes_(bytes) {
  for (size_t i = 0; i < count(); i += stride) {
    (*this)[i] = 1;
  }
}

Pages::~Pages() { munmap(data_, bytes_); }

size_t Pages::count() const { return bytes_ / probe::PageSize(); }

volatile char& Pages::operator[](size_t page) {
  return data_[page * probe::PageSize()];
}

Pages FillGaps() { return Pages(kGapsBytes); }

Pages MapConsecutive(size_t bytes) {
  const Pages gaps = FillGaps();
  return Pages(bytes);
}

Pages MapScattered(size_t bytes) {
  Pages sieve(2 * bytes);
  const size_t holes = sieve.count() / 2;
  for (size_t i = 0; i < holes; ++i) {
    // The factor is odd and `holes` a power of two, so each hole comes once.
    const size_t page = 2 * (i * 2'654'435'761 % holes);
    if (madvise(sieve.data() + page * probe::PageSize(), probe::PageSize(),
                MADV_DONTNEED) != 0) {
      Die("madvise");
    }
  }
  return Pages(bytes);
}

double CopyingFaultTime(Pages& pages) {
  const probe::SharedMemory memory = MapShared<double>();
  auto* const seconds = memory.as<double>();
  InChild([&] { *seconds = PerPage(pages, [&](size_t i) { pages[i] = 2; }); });
  return *seconds;
}

double ReusingFaultTime(Pages& pages) {
  return PerPage(pages, [&](size_t i) { pages[i] = 3; });
}

double ZeroPageFaultTime(const Pages& pages) {
  const size_t bytes = pages.count() * probe::PageSize();
  char* const data = MapAnonymous(bytes);
  const double seconds = PerPage(pages, [&](size_t i) {
    static_cast<void>(
        *static_cast<volatile char*>(data + i * probe::PageSize()));
  });
  munmap(data, bytes);
  return seconds;
}

double ColdCopyTime(Pages& from, Pages& to) {
  return PerPage(from, [&](size_t i) {
    const size_t offset = i * probe::PageSize();
    memcpy(to.data() + offset, from.data() + offset, probe::PageSize());
  });
}

ForkCost MeasureFork() {
  const probe::SharedMemory memory = MapShared<double>();
  auto* const kibibytes = memory.as<double>();
  const double seconds = InChild([&] { *kibibytes = PageTableKib(); });
  return {.fork_time = seconds, .page_tables = *kibibytes / 4};
}

}  // namespace cowbench
