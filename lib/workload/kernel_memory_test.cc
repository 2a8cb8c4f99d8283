// Whether pages are copied at the first write or inside fork().
#include "lib/workload/kernel_memory.h"

#include <exception>
#include <memory>

#include "gtest/gtest.h"
#include "lib/fork/fork_runner.h"
#include "lib/probe/mappings.h"
#include "lib/workload/catalog.h"
#include "lib/workload/workload.h"

namespace cowbench::workload {
namespace {

constexpr uint64_t kBytes = uint64_t{4} << 20;
constexpr uint64_t kElements = kBytes / sizeof(double);
// Upper bound for the pages that a child writes before its window: stack,
// thread-local storage.
constexpr uint64_t kOwnPages = 64;

TEST(HugetlbTest, OneByteCopiesOneHugePage) {
  std::unique_ptr<Hugetlb> array;
  try {
    array = std::make_unique<Hugetlb>(kElements);
  } catch (const std::exception& error) {
    GTEST_SKIP() << "SKIPPED: " << error.what();
  }
  ForkRunner runner = *ForkRunner::Create();
  const auto result = runner.Run({}, [&] { array->value(0) = 2; });
  ASSERT_TRUE(result.ok()) << result.status();
  const Sample& sample = result->samples[0];
  EXPECT_EQ(sample.pages->copied * probe::PageSize(), uint64_t{2} << 20);
  EXPECT_EQ(sample.minor_faults, 1);
}

TEST(PinnedTest, IsCopiedInsideFork) {
  std::unique_ptr<Pinned> array;
  try {
    array = std::make_unique<Pinned>(kElements);
  } catch (const std::exception& error) {
    GTEST_SKIP() << "SKIPPED: " << error.what();
  }
  ForkRunner runner = *ForkRunner::Create();
  const auto result = runner.Run({}, [&] {
    for (uint64_t i = 0; i < kElements; ++i) {
      array->value(i) = 2;
    }
  });
  ASSERT_TRUE(result.ok()) << result.status();
  const WindowPages& pages = *result->samples[0].pages;
  const uint64_t expected = kBytes / probe::PageSize();
  EXPECT_EQ(pages.copied, 0u);
  EXPECT_EQ(result->samples[0].minor_faults, 0);
  EXPECT_GE(pages.fork_tax, expected);
  EXPECT_LE(pages.fork_tax, expected + kOwnPages);
}

TEST(KernelLayoutsTest, AreInTheCatalogButInNoPreset) {
  for (const char* name : {"hugetlb", "pinned"}) {
    const LayoutEntry* const layout = FindLayout(MakeCatalog(), name);
    ASSERT_NE(layout, nullptr);
    EXPECT_FALSE(layout->in_default);
  }
}

}  // namespace
}  // namespace cowbench::workload
