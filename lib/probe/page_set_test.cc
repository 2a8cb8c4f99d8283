#include "lib/probe/page_set.h"

#include <cstdint>
#include <vector>

#include "gtest/gtest.h"
#include "lib/probe/mappings.h"

namespace cowbench::probe {
namespace {

TEST(PageSetTest, HoldsThePagesThatTheBytesLieOn) {
  PageSet set = *PageSet::Create();
  const size_t page = PageSize();
  const uintptr_t base = 1000 * page;
  set.Add(reinterpret_cast<void*>(base + 10), 1);
  set.Add(reinterpret_cast<void*>(base + 4 * page - 1), 2);
  set.Add(reinterpret_cast<void*>(base + 10 * page), 2 * page);
  std::vector<uintptr_t> held;
  for (uintptr_t i = 0; i < 20; ++i) {
    if (set.Contains(base + i * page + 17)) held.push_back(i);
  }
  EXPECT_EQ(held, (std::vector<uintptr_t>{0, 3, 4, 10, 11}));
}

TEST(PageSetTest, ReachesTheStack) {
  PageSet set = *PageSet::Create();
  int local = 0;
  set.Add(&local, sizeof(local));
  EXPECT_TRUE(set.Contains(reinterpret_cast<uintptr_t>(&local)));
}

}  // namespace
}  // namespace cowbench::probe
