// Another process's pages against ground truth: a child changes certain pages,
// and stops.
#include "lib/probe/process_pages.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "gtest/gtest.h"
#include "lib/probe/mappings.h"

namespace cowbench::probe {
namespace {

constexpr size_t kPages = 16;

// Sixteen pages: all written but the last two, of which one was only read.
class ProcessPagesTest : public ::testing::Test {
 protected:
  ProcessPagesTest()
      : data_(static_cast<char*>(mmap(nullptr, kPages * PageSize(),
                                      PROT_READ | PROT_WRITE,
                                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {
    memset(data_, 1, (kPages - 2) * PageSize());
    EXPECT_EQ(*static_cast<volatile char*>(At(kPages - 2)), 0);
    child_ = fork();
    if (child_ == 0) {
      memset(At(3), 2, 2 * PageSize());
      madvise(At(8), PageSize(), MADV_DONTNEED);
      raise(SIGSTOP);
      _exit(0);
    }
    waitpid(child_, nullptr, WUNTRACED);
  }
  ~ProcessPagesTest() override {
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
    munmap(data_, kPages * PageSize());
  }

  char* At(size_t page) { return data_ + page * PageSize(); }
  uintptr_t Address(size_t page) {
    return reinterpret_cast<uintptr_t>(At(page));
  }

  char* data_;
  pid_t child_;
};

TEST_F(ProcessPagesTest, TellsWhatEachPageIs) {
  const absl::StatusOr<ProcessPages> pages = ProcessPages::Look(child_);
  ASSERT_TRUE(pages.ok()) << pages.status();
  std::string states;
  for (size_t page = 0; page < kPages; ++page) {
    const PageRun* const run = pages->Find(Address(page));
    states += run == nullptr                          ? '-'
              : run->state == AnonymousPage::kShared  ? 's'
              : run->state == AnonymousPage::kPrivate ? 'P'
              : run->state == AnonymousPage::kZero    ? '0'
                                                      : '?';
  }
  EXPECT_EQ(states, "sssPPsss-sssss0-");
  EXPECT_EQ(pages->IndexOf(Address(9)), pages->IndexOf(Address(0)) + 8);
  EXPECT_EQ(pages->IndexOf(Address(8)), ProcessPages::kNone);
}

TEST_F(ProcessPagesTest, FramesTellCopiesFromSharedPages) {
  const absl::StatusOr<ProcessPages> child = ProcessPages::Look(child_);
  const absl::StatusOr<ProcessPages> parent = ProcessPages::Look(getpid());
  ASSERT_TRUE(child.ok() && parent.ok());
  if (!child->has_frames()) {
    GTEST_SKIP() << "SKIPPED: frame numbers need CAP_SYS_ADMIN";
  }
  for (const size_t page : {0, 3, 4, 5, 14}) {
    EXPECT_EQ(child->frame(child->IndexOf(Address(page))) !=
                  parent->frame(parent->IndexOf(Address(page))),
              page == 3 || page == 4)
        << page;
  }
}

TEST_F(ProcessPagesTest, MappingsHaveNames) {
  const absl::StatusOr<std::vector<ProcessMapping>> mappings =
      MappingsOf(child_);
  ASSERT_TRUE(mappings.ok()) << mappings.status();
  const ProcessMapping* const data = FindMapping(*mappings, Address(0));
  ASSERT_NE(data, nullptr);
  EXPECT_TRUE(data->is_private);
  EXPECT_FALSE(data->is_file);
  const ProcessMapping* const code =
      FindMapping(*mappings, reinterpret_cast<uintptr_t>(&ProcessPages::Look));
  ASSERT_NE(code, nullptr);
  EXPECT_TRUE(code->is_file);
  EXPECT_NE(code->name.find("process_pages_test"), std::string::npos);
}

TEST(ProcessPagesErrorTest, NamesWhatIsNotThere) {
  const pid_t child = fork();
  if (child == 0) {
    _exit(0);
  }
  waitpid(child, nullptr, 0);
  EXPECT_EQ(ProcessPages::Look(child).status().code(),
            absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace cowbench::probe
