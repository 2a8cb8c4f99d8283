#include "benchmarks/spawn/peer.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <new>

#include "absl/status/statusor.h"
#include "lib/probe/copy_count.h"
#include "lib/probe/mappings.h"

namespace cowbench::spawn {
namespace {

int64_t FaultsOfThread() {
  rusage usage;
  getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_minflt + usage.ru_majflt;
}

}  // namespace

Memory::Memory(size_t bytes)
    : data_(static_cast<char*>(mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))),
      bytes_(bytes) {
  if (data_ == MAP_FAILED) {
    throw std::bad_alloc();
  }
  madvise(data_, bytes_, MADV_NOHUGEPAGE);
  TakeWriteFaults();
}

Memory::~Memory() { munmap(data_, bytes_); }

size_t Memory::pages() const { return bytes_ / probe::PageSize(); }

volatile char& Memory::page(size_t i) { return data_[i * probe::PageSize()]; }

void Memory::TakeWriteFaults() {
  if (madvise(data_, bytes_, MADV_POPULATE_WRITE) != 0) {
    throw std::bad_alloc();
  }
}

Peer::Peer(Memory* memory)
    : memory_(*memory),
      are_counted_(probe::CopiesAreCounted().ok()),
      thread_([this] { Run(); }) {
  id_.wait(0);
}

Peer::~Peer() {
  state_ = kEnding;
  state_.notify_all();
  thread_.join();
}

void Peer::Start(uint64_t most) {
  most_ = most;
  state_ = kWriting;
  state_.notify_all();
}

void Peer::AwaitEnd() { state_.wait(kWriting); }

PeerCounts Peer::Stop() {
  int writing = kWriting;
  state_.compare_exchange_strong(writing, kStopping);
  state_.wait(kStopping);
  return counts_;
}

void Peer::Run() {
  id_ = static_cast<pid_t>(syscall(SYS_gettid));
  id_.notify_all();
  while (true) {
    state_.wait(kIdle);
    if (state_ == kEnding) {
      return;
    }
    // The thread reads the counts itself, after the copies of its own stack
    // that its wake-up causes.
    const std::optional<uint64_t> copies = Copies();
    const int64_t faults = FaultsOfThread();
    const size_t pages = memory_.pages();
    uint64_t writes = 0;
    for (size_t i = 0; writes < most_ && state_.load() == kWriting; ++writes) {
      memory_.page(i) = 2;
      i = i + 1 == pages ? 0 : i + 1;
    }
    counts_.writes = writes;
    counts_.write_faults = FaultsOfThread() - faults;
    const std::optional<uint64_t> copies_now = Copies();
    counts_.copies = copies.has_value() && copies_now.has_value()
                         ? std::optional(*copies_now - *copies)
                         : std::nullopt;
    state_ = kIdle;
    state_.notify_all();
  }
}

std::optional<uint64_t> Peer::Copies() const {
  if (!are_counted_) {
    return std::nullopt;
  }
  const absl::StatusOr<uint64_t> copies = probe::CopyCountOfThread(id_);
  return copies.ok() ? std::optional(*copies) : std::nullopt;
}

}  // namespace cowbench::spawn
