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
  set.Add(reinterpret_cast<void*>(base + 15 * page), 0);
  std::vector<uintptr_t> held;
  for (uintptr_t i = 0; i < 20; ++i) {
    if (set.Contains(base + i * page + 17)) held.push_back(i);
  }
  EXPECT_EQ(held, (std::vector<uintptr_t>{0, 3, 4, 10, 11}));
}

TEST(PageSetTest, ReachesAcrossRegionsThatAreApart) {
  PageSet set = *PageSet::Create();
  const uintptr_t gib = uintptr_t{1} << 30;
  for (const uintptr_t region : {7, 5, 100'000}) {
    set.Add(reinterpret_cast<void*>(region * gib - PageSize()), 2 * PageSize());
  }
  for (const uintptr_t region : {5, 7, 100'000}) {
    EXPECT_FALSE(set.Contains(region * gib - PageSize() - 1));
    EXPECT_TRUE(set.Contains(region * gib - PageSize()));
    EXPECT_TRUE(set.Contains(region * gib));
    EXPECT_FALSE(set.Contains(region * gib + PageSize()));
  }
  EXPECT_FALSE(set.Contains(6 * gib));
  EXPECT_EQ(set.begin(), 5 * gib - PageSize());
  EXPECT_EQ(set.end(), 100'000 * gib + PageSize());
}

TEST(PageSetTest, ReachesTheStack) {
  PageSet set = *PageSet::Create();
  int local = 0;
  set.Add(&local, sizeof(local));
  EXPECT_TRUE(set.Contains(reinterpret_cast<uintptr_t>(&local)));
}

}  // namespace
}  // namespace cowbench::probe
