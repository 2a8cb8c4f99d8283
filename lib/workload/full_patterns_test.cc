// Rewrite and Dismiss: the pages written to and the pages given back, page for
// page.
#include "lib/workload/full_patterns.h"

#include <unistd.h>

#include <cstdint>
#include <memory>
#include <set>
#include <vector>

#include "gtest/gtest.h"
#include "lib/fork/fork_runner.h"
#include "lib/probe/mappings.h"
#include "lib/probe/oracle.h"
#include "lib/probe/page_set.h"
#include "lib/workload/catalog.h"
#include "lib/workload/prediction.h"

namespace cowbench::workload {
namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;

template <typename L>
class EveryLayout : public testing::Test {};
TYPED_TEST_SUITE(EveryLayout, ToGtest<Layouts>::Types);

TYPED_TEST(EveryLayout, RewritingIsAsDearAsWriting) {
  if constexpr (CanStore<TypeParam>) {
    const uint64_t elements = TypeParam::ElementCount(kMiB);
    const auto built = Built<TypeParam>(elements);
    TypeParam& layout = *built;
    for (const uint64_t touched : {elements, elements / 7, elements / 300}) {
      const Touch touch = {elements, touched};
      // Compares the pages themselves, not only their number.
      const std::set<uintptr_t> pages = PagesOfValues(&layout, touch);
      probe::PageSet predicted = *probe::PageSet::Create();
      for (const uintptr_t page : pages) {
        predicted.Add(reinterpret_cast<void*>(page * probe::PageSize()), 1);
      }
      const Sample write = RunInChild<Write>(&layout, touch, &predicted);
      const Sample rewrite = RunInChild<Rewrite>(&layout, touch, &predicted);
      EXPECT_EQ(write.pages->copied, pages.size());
      EXPECT_EQ(rewrite.pages->copied, pages.size());
      EXPECT_EQ(write.pages->copied_metadata, 0u);
      EXPECT_EQ(rewrite.pages->copied_metadata, 0u);
      EXPECT_EQ(rewrite.minor_faults, write.minor_faults);
    }
  }
}

// Blocks of equal size, `gap` bytes apart; the first one starts a page.
class Blocks {
 public:
  static constexpr bool kOneObject = false;

  Blocks(uint64_t count, uint64_t bytes, uint64_t gap)
      : bytes_(bytes), step_(bytes + gap), memory_(count * step_ / 8) {
    for (uint64_t i = 0; i < memory_.ElementCount(count * step_); ++i) {
      memory_.value(i) = 1;
    }
  }

  // One of every page that the block lies on is written to.
  struct AllPages {
    char* begin;
    uint64_t bytes;
    AllPages& operator=(char value) {
      for (uint64_t at = 0; at < bytes; at += 64) {
        static_cast<volatile char*>(begin)[at] = value;
      }
      return *this;
    }
  };
  AllPages value(uint64_t i) { return {begin(i), bytes_}; }
  template <typename Visitor>
  void ForEachPart(uint64_t i, Visitor visit) {
    visit(begin(i), bytes_);
  }

  char* begin(uint64_t i) {
    return reinterpret_cast<char*>(&memory_.value(0)) + i * step_;
  }

 private:
  uint64_t bytes_;
  uint64_t step_;
  Array memory_;
};

// Children dismiss, then the parent writes to all blocks.
Sample DismissThenWrite(Blocks* blocks, const Touch& dismissed,
                        const Touch& written) {
  ForkRunner runner = *ForkRunner::Create();
  const pid_t self = getpid();
  const auto result = runner.Run(
      {.children = 2,
       .writer = Writer::kParentLast,
       .verify = probe::OraclesAvailable().ok()},
      [&] {
        getpid() == self ? internal::Run<Write, Blocks>(blocks, written)
                         : internal::Run<Dismiss, Blocks>(blocks, dismissed);
      });
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? result->samples[0] : Sample{};
}

TEST(DismissTest, ParentDoesNotCopyWhatChildrenGaveBack) {
  const uint64_t page = probe::PageSize();
  constexpr uint64_t kBlocks = 40;
  struct Row {
    uint64_t bytes, gap;
    uint64_t reused, copied;  // pages
  };
  for (const Row& row :
       {Row{page, 0, kBlocks, 0}, Row{3 * page, 0, 3 * kBlocks, 0},
        // Each block shares exactly one of its pages.
        Row{3 * page - 8, 8, 2 * kBlocks, kBlocks},
        // Each block shares all of its pages.
        Row{page - 8, 8, 0, kBlocks}, Row{page / 2, 0, 0, kBlocks / 2}}) {
    SCOPED_TRACE(row.bytes);
    Blocks blocks(kBlocks, row.bytes, row.gap);
    const Touch all = {kBlocks, kBlocks};
    const Sample sample = DismissThenWrite(&blocks, all, all);
    EXPECT_EQ(sample.pages->reused, row.reused);
    EXPECT_EQ(sample.pages->copied, row.copied);
    EXPECT_EQ(sample.pages->unsure, 0u);
    EXPECT_EQ(sample.pages->fresh, 0u);
    EXPECT_EQ(sample.minor_faults,
              static_cast<int64_t>(row.reused + row.copied));
  }
}

TEST(DismissTest, ParentCopiesWhatChildrenKeep) {
  constexpr uint64_t kBlocks = 40;
  Blocks blocks(kBlocks, 2 * probe::PageSize(), 0);
  const Sample sample =
      DismissThenWrite(&blocks, {kBlocks, kBlocks / 4}, {kBlocks, kBlocks});
  EXPECT_EQ(sample.pages->reused, 2 * kBlocks / 4);
  EXPECT_EQ(sample.pages->copied, 2 * kBlocks * 3 / 4);
}

TEST(DismissTest, TheChildCertainlyCopiesNothing) {
  constexpr uint64_t kBlocks = 40;
  Blocks blocks(kBlocks, 2 * probe::PageSize(), 0);
  const Sample sample = RunInChild<Dismiss>(&blocks, {kBlocks, kBlocks});
  EXPECT_EQ(sample.pages->copied, 0u);
  EXPECT_EQ(sample.pages->unsure, 0u);
  EXPECT_EQ(sample.minor_faults, 0);
  // The parent still has what its child gave back.
  EXPECT_EQ(*reinterpret_cast<double*>(blocks.begin(0)), 1);
}

}  // namespace
}  // namespace cowbench::workload
