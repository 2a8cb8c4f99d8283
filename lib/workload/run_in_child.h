// For tests: runs a pattern in a child, and predicts from addresses what that
// copies.
#ifndef COWBENCH_LIB_WORKLOAD_RUN_IN_CHILD_H_
#define COWBENCH_LIB_WORKLOAD_RUN_IN_CHILD_H_

#include <cstddef>
#include <cstdint>
#include <set>

#include "gtest/gtest.h"
#include "lib/fork/fork_runner.h"
#include "lib/probe/mappings.h"
#include "lib/probe/page_set.h"
#include "lib/workload/patterns.h"
#include "lib/workload/touch.h"
#include "lib/workload/workload.h"

namespace cowbench::workload {

template <typename List>
struct ToGtest;
template <typename... T>
struct ToGtest<TypeList<T...>> {
  using Types = testing::Types<T...>;
};

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

// The pages that the first `bytes` bytes at each touched element's address
// lie on.
template <typename Layout, typename AddressOf>
std::set<uintptr_t> PagesAt(Layout* layout, const Touch& touch, size_t bytes,
                            AddressOf address_of) {
  std::set<uintptr_t> pages;
  Visit(*layout, touch, [&](Element<Layout> e) {
    const auto first = reinterpret_cast<uintptr_t>(address_of(e));
    pages.insert(first / probe::PageSize());
    pages.insert((first + bytes - 1) / probe::PageSize());
  });
  return pages;
}

// Those of the values.
template <typename Layout>
std::set<uintptr_t> PagesOfValues(Layout* layout, const Touch& touch) {
  return PagesAt(layout, touch, sizeof(layout->value(Element<Layout>())),
                 [&](Element<Layout> e) { return &layout->value(e); });
}

}  // namespace cowbench::workload

#endif  // COWBENCH_LIB_WORKLOAD_RUN_IN_CHILD_H_
