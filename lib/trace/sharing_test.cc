// Which process of a family copies which page.
#include "lib/trace/sharing.h"

#include <sys/mman.h>
#include <unistd.h>

#include <memory>
#include <vector>

#include "gtest/gtest.h"
#include "lib/probe/mappings.h"

namespace cowbench::trace {
namespace {

// Uses this process's own pages as the shared set; the tests need only one page
// of data.
class SharingTest : public ::testing::Test {
 protected:
  SharingTest() {
    data_[data_.size() / 2] = 1;
    page_ = reinterpret_cast<uintptr_t>(&data_[data_.size() / 2]) /
            probe::PageSize() * probe::PageSize();
    pages_ = std::make_shared<probe::ProcessPages>(
        *probe::ProcessPages::Look(getpid()));
  }

  MemoryId Fork(MemoryId parent) { return sharing_.Fork(parent, pages_); }
  WriteKind Write(MemoryId memory, Access access = Access::kUnknown) {
    last_ = sharing_.Write(memory, page_, access, 0);
    return last_.kind;
  }

  std::vector<char> data_ = std::vector<char>(3 * probe::PageSize());
  uintptr_t page_;
  Sharing::PagesPtr pages_;
  Sharing sharing_;
  MemoryId root_ = sharing_.Add();
  WriteOutcome last_;
};

TEST_F(SharingTest, ChildCopiesItsOwn) {
  const MemoryId child = Fork(root_);
  EXPECT_EQ(Write(child), WriteKind::kCopy);
  EXPECT_TRUE(last_.inherited);
  EXPECT_TRUE(last_.peers.empty());
  EXPECT_EQ(Write(child), WriteKind::kNone);   // its own now
  EXPECT_EQ(Write(root_), WriteKind::kReuse);  // no other process maps it
}

TEST_F(SharingTest, KnowsWhoCopiedLast) {
  const MemoryId first = Fork(root_);
  const MemoryId second = Fork(root_);
  EXPECT_EQ(sharing_.last_child(root_), second);
  EXPECT_EQ(sharing_.last_child(second), second);
  EXPECT_FALSE(sharing_.LeftLast(second, page_));
  Write(second);
  EXPECT_TRUE(sharing_.LeftLast(second, page_));
  Write(first);
  EXPECT_FALSE(sharing_.LeftLast(second, page_));
  EXPECT_EQ(Write(root_), WriteKind::kReuse);
  EXPECT_TRUE(sharing_.LeftLast(first, page_));
}

TEST_F(SharingTest, ParentIsThePeerOfLiveChildrenOnly) {
  const MemoryId child = Fork(root_);
  EXPECT_EQ(Write(root_), WriteKind::kCopy);
  EXPECT_FALSE(last_.inherited);
  EXPECT_EQ(last_.peers, std::vector<MemoryId>{child});
  const MemoryId other = Fork(root_);
  sharing_.End(other);
  EXPECT_EQ(Write(root_), WriteKind::kReuse);
}

TEST_F(SharingTest, TheLastOfThreeReuses) {
  const MemoryId one = Fork(root_);
  const MemoryId two = Fork(root_);
  EXPECT_EQ(Write(one), WriteKind::kCopy);
  EXPECT_EQ(Write(two), WriteKind::kCopy);
  EXPECT_EQ(Write(root_), WriteKind::kReuse);
}

TEST_F(SharingTest, SiblingsShareAPageThatTheirParentLeft) {
  const MemoryId one = Fork(root_);
  const MemoryId two = Fork(root_);
  EXPECT_EQ(Write(root_), WriteKind::kCopy);
  EXPECT_EQ(last_.peers, (std::vector<MemoryId>{one, two}));
  EXPECT_EQ(Write(one), WriteKind::kCopy);
  EXPECT_EQ(Write(two), WriteKind::kReuse);
}

TEST_F(SharingTest, ChildrenBornBeforeAndAfterACopyShareNothing) {
  const MemoryId one = Fork(root_);
  EXPECT_EQ(Write(root_), WriteKind::kCopy);
  const MemoryId two = Fork(root_);
  EXPECT_EQ(Write(one), WriteKind::kReuse);
  EXPECT_EQ(Write(two), WriteKind::kCopy);
  EXPECT_EQ(Write(root_), WriteKind::kReuse);
}

TEST_F(SharingTest, GrandchildOutlivesItsParent) {
  const MemoryId child = Fork(root_);
  const MemoryId grandchild = Fork(child);
  sharing_.End(child);
  EXPECT_EQ(Write(grandchild), WriteKind::kCopy);
  EXPECT_TRUE(last_.inherited);
  EXPECT_EQ(Write(root_), WriteKind::kReuse);
}

TEST_F(SharingTest, AWriteToAPageGivenBackIsNoCopy) {
  const MemoryId child = Fork(root_);
  EXPECT_EQ(Write(child, Access::kWrite), WriteKind::kNone);
  EXPECT_TRUE(sharing_.HasLeft(child, page_));
  uint32_t chain = 0;
  EXPECT_FALSE(sharing_.ChainOfCopy(child, page_, &chain));
  EXPECT_EQ(Write(root_, Access::kWriteProtected), WriteKind::kReuse);
}

TEST_F(SharingTest, ForgetsOnlyDeparturesOfTheDead) {
  constexpr size_t kPages = 1024;
  const size_t page_size = probe::PageSize();
  const std::vector<char> data((kPages + 1) * page_size, 1);
  pages_ = std::make_shared<probe::ProcessPages>(
      *probe::ProcessPages::Look(getpid()));
  const MemoryId child = Fork(root_);
  EXPECT_EQ(Write(child), WriteKind::kCopy);
  const uintptr_t page = page_;
  const uintptr_t first =
      (reinterpret_cast<uintptr_t>(data.data()) + page_size - 1) / page_size *
      page_size;
  for (size_t i = 0; i < 100 * kPages; ++i) {
    page_ = first + i % kPages * page_size;
    const MemoryId other = Fork(root_);
    ASSERT_EQ(Write(other), WriteKind::kCopy);
    sharing_.End(other);
  }
  page_ = page;
  EXPECT_EQ(Write(child), WriteKind::kNone);
  EXPECT_EQ(Write(root_), WriteKind::kReuse);
  EXPECT_EQ(Write(Fork(child)), WriteKind::kCopy);
}

TEST_F(SharingTest, AWriteToNewMemoryIsNoCopy) {
  Fork(root_);
  EXPECT_EQ(sharing_.Write(root_, probe::PageSize(), Access::kUnknown, 0).kind,
            WriteKind::kNone);
}

}  // namespace
}  // namespace cowbench::trace
