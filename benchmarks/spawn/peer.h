// Another thread of the parent, which writes to memory while a program starts.
#ifndef COWBENCH_BENCHMARKS_SPAWN_PEER_H_
#define COWBENCH_BENCHMARKS_SPAWN_PEER_H_

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <thread>

namespace cowbench::spawn {

// An anonymous private mapping in small pages, each written once.
class Memory {
 public:
  // Throws std::bad_alloc.
  explicit Memory(size_t bytes);
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  ~Memory();

  size_t pages() const;
  volatile char& page(size_t i);
  // Takes all write faults now, after a fork() has left the pages read-only.
  void TakeWriteFaults();

 private:
  char* data_;
  size_t bytes_;
};

// The counts of a thread's work.
struct PeerCounts {
  uint64_t writes = 0;       // one byte to each page in turn
  int64_t write_faults = 0;  // copies, and reuses of unshared pages
  // Pages that the kernel copied for the thread, including its stack
  // (lib/probe/copy_count.h); absent without the privilege to read this count.
  std::optional<uint64_t> copies;
};

class Peer {
 public:
  explicit Peer(Memory* memory);
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer();

  // Begins to write to the pages in order, starting again from the first one if
  // need be, and stops after `most` writes.
  void Start(uint64_t most = UINT64_MAX);
  // Waits until it has done `most` writes.
  void AwaitEnd();
  // Stops it, and returns what it did since Start().
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
