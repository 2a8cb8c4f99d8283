#include "lib/workload/kernel_memory.h"

#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

#include "lib/base/small_file.h"
#include "lib/probe/mappings.h"

namespace cowbench::workload {
namespace {

[[noreturn]] void Throw(const std::string& call, const std::string& advice) {
  throw std::runtime_error(call + ": " + strerror(errno) + "; " + advice);
}

// Hugepagesize of /proc/meminfo, the size that MAP_HUGETLB uses by default. 2
// MiB if the kernel has none; mmap() then fails.
size_t HugePageBytes() {
  char room[8192];
  return NumberOf(ReadSmallFile("/proc/meminfo", room).value_or(""),
                  "Hugepagesize")
             .value_or(2048)
         << 10;
}

}  // namespace

MappedArray::MappedArray(uint64_t elements, int flags, size_t page_bytes)
    : bytes_((elements * sizeof(double) + page_bytes - 1) / page_bytes *
             page_bytes) {
  void* const block = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
  if (block == MAP_FAILED) {
    Throw("mmap", (flags & MAP_HUGETLB) != 0
                      ? "sysctl vm.nr_hugepages reserves huge pages"
                      : "is there memory enough?");
  }
  madvise(block, bytes_, MADV_NOHUGEPAGE);  // no transparent huge pages
  values_ = static_cast<double*>(block);
  std::fill_n(values_, elements, 1.0);
}

Hugetlb::Hugetlb(uint64_t elements)
    : MappedArray(elements, MAP_HUGETLB, HugePageBytes()) {}

Pinned::Pinned(uint64_t elements)
    : MappedArray(elements, 0, probe::PageSize()) {
  io_uring_params parameters = {};
  const auto ring =
      static_cast<int>(syscall(SYS_io_uring_setup, 1, &parameters));
  if (ring < 0) {
    Throw("io_uring_setup",
          "sysctl kernel.io_uring_disabled, or a container, may forbid it");
  }
  // The maximum size of one buffer (io_uring/rsrc.c).
  constexpr size_t kBufferBytes = size_t{1} << 30;
  constexpr size_t kMaxBuffers = 64;
  iovec buffers[kMaxBuffers];
  unsigned count = 0;
  for (size_t at = 0; at < bytes() && count < kMaxBuffers; at += kBufferBytes) {
    buffers[count++] = {reinterpret_cast<char*>(values()) + at,
                        std::min(kBufferBytes, bytes() - at)};
  }
  // The ring stays open until the process ends.
  if (syscall(SYS_io_uring_register, ring, IORING_REGISTER_BUFFERS, buffers,
              count) < 0) {
    Throw("io_uring_register", "ulimit -l bounds what may be pinned");
  }
}

}  // namespace cowbench::workload
