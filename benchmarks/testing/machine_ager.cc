// Makes a machine look as if it had been used for hours, until its standard
// input is closed: every CPU is busy now and then, its LRU batches are never
// empty, free memory is fragmented, and processes move from CPU to CPU.
#include <sched.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <random>
#include <thread>
#include <vector>

#include "lib/base/available_memory.h"

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

std::atomic<bool> ended = false;

void PinTo(int cpu) {
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  CPU_SET(static_cast<size_t>(cpu), &cpus);
  sched_setaffinity(0, sizeof(cpus), &cpus);
}

char* Map(size_t bytes) {
  void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? nullptr : static_cast<char*>(memory);
}

// Is busy for some milliseconds and then idle, so that the scheduler moves
// other processes. New pages go to this CPU's LRU batch, which has room for 31
// pages, holds a reference to each (mm/swap.c), and is half full most of the
// time.
void DisturbCpu(int cpu) {
  PinTo(cpu);
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  std::minstd_rand random(static_cast<uint32_t>(cpu) + 1);
  while (!ended) {
    const size_t pages = random() % 31 + 1;
    char* const memory = Map(pages * page);
    for (size_t i = 0; memory != nullptr && i < pages; ++i) {
      memory[i * page] = 1;
    }
    const auto end = Clock::now() + milliseconds(random() % 4);
    while (Clock::now() < end) {
    }
    std::this_thread::sleep_for(milliseconds(random() % 4));
    if (memory != nullptr) {
      munmap(memory, pages * page);
    }
  }
}

// Holds every second page of a quarter of the free memory, and other pages each
// time.
void FragmentMemory() {
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  const size_t bytes = cowbench::AvailableMemory() / 4 / page * page;
  size_t odd = 0;
  while (!ended) {
    char* const memory = Map(bytes);
    if (memory == nullptr) {
      return;
    }
    madvise(memory, bytes, MADV_NOHUGEPAGE);
    for (size_t at = 0; at < bytes && !ended; at += page) {
      memory[at] = 1;
    }
    for (size_t at = odd * page; at < bytes && !ended; at += 2 * page) {
      madvise(memory + at, page, MADV_DONTNEED);
    }
    odd = 1 - odd;
    std::this_thread::sleep_for(std::chrono::seconds(5));
    munmap(memory, bytes);
  }
}

}  // namespace

int main() {
  std::vector<std::thread> threads;
  threads.reserve(static_cast<size_t>(get_nprocs()) + 1);
  for (int cpu = 0; cpu < get_nprocs(); ++cpu) {
    threads.emplace_back(DisturbCpu, cpu);
  }
  threads.emplace_back(FragmentMemory);
  puts("ageing");
  fflush(stdout);
  char byte;
  while (read(STDIN_FILENO, &byte, 1) > 0) {
  }
  ended = true;
  for (std::thread& thread : threads) {
    thread.join();
  }
}
