// For tests: the pages that a pattern copies, predicted from addresses, and the
// number that was counted.
#ifndef COWBENCH_LIB_WORKLOAD_PREDICTION_H_
#define COWBENCH_LIB_WORKLOAD_PREDICTION_H_

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>

#include "gtest/gtest.h"
#include "lib/fork/fork_runner.h"
#include "lib/probe/mappings.h"
#include "lib/probe/page_set.h"
#include "lib/workload/build.h"
#include "lib/workload/workload.h"

namespace cowbench::workload {

template <typename List>
struct ToGtest;
template <typename... T>
struct ToGtest<TypeList<T...>> {
  using Types = testing::Types<T...>;
};
template <typename L>
std::unique_ptr<L> Built(uint64_t elements, const BuildOptions& options = {}) {
  if constexpr (Elementwise<L>) {
    return std::unique_ptr<L>(BuildElementwise<L>(elements, options));
  } else {
    return std::make_unique<L>(elements);
  }
}

// Runs a pattern in a child and returns what it copied.
template <typename Pattern, typename Layout>
Sample RunInChild(Layout* layout, const Touch& touch,
                  const probe::PageSet* data = nullptr) {
  ForkRunner runner = *ForkRunner::Create();
  const auto result = runner.Run(
      {.data = data}, [&] { internal::Run<Pattern, Layout>(layout, touch); });
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? result->samples[0] : Sample{};
}

// The numbers of the pages that hold the first `bytes` bytes at each touched
// element's address.
template <typename Layout, typename AddressOf>
std::set<uintptr_t> PageNumbersOf(Layout* layout, const Touch& touch,
                                  size_t bytes, AddressOf address_of) {
  std::set<uintptr_t> pages;
  Visit(*layout, touch, [&](Element<Layout> e) {
    const auto first = reinterpret_cast<uintptr_t>(address_of(e));
    pages.insert(first / probe::PageSize());
    pages.insert((first + bytes - 1) / probe::PageSize());
  });
  return pages;
}

template <typename Layout>
std::set<uintptr_t> PagesOfValues(Layout* layout, const Touch& touch) {
  return PageNumbersOf(layout, touch, sizeof(layout->value(Element<Layout>())),
                       [&](Element<Layout> e) { return &layout->value(e); });
}

template <typename Layout, typename AddressOf>
uint64_t PagesOf(Layout* layout, const Touch& touch, size_t bytes,
                 AddressOf address_of) {
  return PageNumbersOf(layout, touch, bytes, address_of).size();
}

// How many of these pages a child shares with its parent when its window
// begins. The others are part of the fork tax: during a fork, the allocator
// writes to each of its arenas, and the first page of an arena may hold
// elements.
inline uint64_t SharedInChild(const std::set<uintptr_t>& pages) {
  constexpr uint64_t kExclusive = uint64_t{1} << 56;  // pagemap(5)
  auto* const shared = static_cast<uint64_t*>(
      mmap(nullptr, sizeof(uint64_t), PROT_READ | PROT_WRITE,
           MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  ForkRunner runner = *ForkRunner::Create();
  const auto result = runner.Run({}, [&] {
    const int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    for (const uintptr_t page : pages) {
      uint64_t entry = kExclusive;
      const auto offset = static_cast<off_t>(page * sizeof(entry));
      if (pread(pagemap, &entry, sizeof(entry), offset) == sizeof(entry)) {
        *shared += (entry & kExclusive) == 0 ? 1 : 0;
      }
    }
    close(pagemap);
  });
  EXPECT_TRUE(result.ok()) << result.status();
  const uint64_t count = *shared;
  munmap(shared, sizeof(uint64_t));
  return count;
}

// In hundredths of a percent.
inline constexpr uint64_t kTouched[] = {10000, 5000, 1234, 100, 10, 1};

inline Touch TouchOf(uint64_t elements, uint64_t hundredths) {
  return {elements, (elements * hundredths + 9999) / 10000};
}

}  // namespace cowbench::workload

#endif  // COWBENCH_LIB_WORKLOAD_PREDICTION_H_
