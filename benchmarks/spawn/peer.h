// The parent's other thread, which goes on writing while a program is started.
#ifndef COWBENCH_BENCHMARKS_SPAWN_PEER_H_
#define COWBENCH_BENCHMARKS_SPAWN_PEER_H_

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <thread>

namespace cowbench::spawn {

// An anonymous private mapping in small pages, every page written once.
class Memory {
 public:
  // Throws std::bad_alloc.
  explicit Memory(size_t bytes);
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  ~Memory();

  size_t pages() const;
  volatile char& page(size_t i);
  // Makes every page writable at once, after a fork() has left them read-only.
  void TakeWriteFaults();

 private:
  char* data_;
  size_t bytes_;
};

// What a thread has done.
struct PeerCounts {
  uint64_t writes = 0;       // one byte each, to one page after the other
  int64_t write_faults = 0;  // copies, and pages that nobody shared any more
  // Pages that the kernel copied for the thread, also of its stack
  // (lib/probe/copy_count.h); absent without the privilege to ask.
  std::optional<uint64_t> copies;
};

class Peer {
 public:
  explicit Peer(Memory* memory);
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer();

  // Begins to write to the first page, then the second, and so on, in turns if
  // need be, and ends after `most` pages.
  void Start(uint64_t most = UINT64_MAX);
  // Waits until it has written to as many as it may.
  void AwaitEnd();
  // Makes it stop if it has not yet, and returns what it did since Start().
  PeerCounts Stop();

 private:
  enum State : int { kIdle, kWriting, kStopping, kEnding };

  void Run();
  std::optional<uint64_t> Copies() const;

  Memory& memory_;
  const bool are_counted_;
  std::atomic<int> state_ = kIdle;
  std::atomic<pid_t> id_ = 0;
  uint64_t most_ = 0;
  PeerCounts counts_;
  std::thread thread_;
};

}  // namespace cowbench::spawn

#endif  // COWBENCH_BENCHMARKS_SPAWN_PEER_H_
