// The mappings of this process, and the search for present pages in them.
#include "lib/probe/mappings.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "gtest/gtest.h"
#include "lib/probe/page_scan.h"
#include "lib/probe/shared_memory.h"

namespace cowbench::probe {
namespace {

TEST(NextPresentPageTest, FindsTheSameWithoutAndWithPagemap) {
  struct sysinfo system;
  ASSERT_EQ(sysinfo(&system), 0);
  if (system.freeswap != system.totalswap) {
    GTEST_SKIP() << "some page is in swap space";
  }
  constexpr size_t kReserved = size_t{1} << 30;
  char* const data = static_cast<char*>(
      mmap(nullptr, kReserved, PROT_READ | PROT_WRITE,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  ASSERT_NE(data, MAP_FAILED);
  madvise(data, kReserved, MADV_NOHUGEPAGE);  // a write is one page
  const auto begin = reinterpret_cast<uintptr_t>(data);
  const uintptr_t end = begin + kReserved;
  const uintptr_t written = begin + kReserved / 3 / PageSize() * PageSize();
  const uintptr_t read = end - PageSize();  // the kernel's zero page
  *reinterpret_cast<volatile char*>(written) = 1;
  static_cast<void>(*reinterpret_cast<volatile char*>(read));

  const absl::StatusOr<PageMap> pagemap = PageMap::Open();
  ASSERT_TRUE(pagemap.ok());
  for (const int descriptor : {pagemap->descriptor(), -1}) {
    unsigned char room[1000];
    const auto next = [&](uintptr_t from) {
      return NextPresentPage(descriptor, from, end, absl::MakeSpan(room));
    };
    EXPECT_EQ(next(begin), written) << descriptor;
    EXPECT_EQ(next(written), written) << descriptor;
    EXPECT_EQ(next(written + PageSize()), read) << descriptor;
    EXPECT_EQ(NextPresentPage(descriptor, begin, written, absl::MakeSpan(room)),
              written)
        << descriptor;
  }
  munmap(data, kReserved);
}

TEST(PageStateTest, AGuardPageIsAbsentNotSwapped) {
  constexpr int kGuardInstall = 102;  // MADV_GUARD_INSTALL, Linux 6.13
  void* const guard = mmap(nullptr, PageSize(), PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(guard, MAP_FAILED);
  if (madvise(guard, PageSize(), kGuardInstall) != 0) {
    GTEST_SKIP() << "SKIPPED: this kernel has no guard pages";
  }
  const absl::StatusOr<PageMap> pagemap = PageMap::Open();
  ASSERT_TRUE(pagemap.ok());
  uint64_t entry = 0;
  ASSERT_TRUE(
      pagemap
          ->Read(reinterpret_cast<uintptr_t>(guard), absl::MakeSpan(&entry, 1))
          .ok());
  EXPECT_NE(entry & kSwappedBit, 0u);
  EXPECT_EQ(StateOf(entry), PageState::kAbsent);
  munmap(guard, PageSize());
}

TEST(SharedMappingsTest, CountsThePagesThatAreThere) {
  SharedMemory memory = *SharedMemory::Map(100 * PageSize());
  const uint64_t before = *PagesOfSharedMappings();
  for (size_t i = 0; i < 40; ++i) memory.as<char>()[i * PageSize()] = 1;
  EXPECT_EQ(*PagesOfSharedMappings(), before + 40);
}

// For each newline of a path, the kernel writes four characters.
TEST(MappingsTest, NoPathHidesAMapping) {
  char folder[] = "/tmp/mappings_test.XXXXXX";
  ASSERT_NE(mkdtemp(folder), nullptr);
  std::filesystem::path path = folder;
  for (int i = 0; i < 15; ++i) path /= std::string(250, '\n');
  std::filesystem::create_directories(path);
  path /= "x [vsyscall]";
  const int file = open(path.c_str(), O_CREAT | O_RDWR, 0600);
  ASSERT_GE(file, 0);
  ASSERT_EQ(ftruncate(file, 1), 0);
  void* const page = mmap(nullptr, PageSize(), PROT_READ, MAP_PRIVATE, file, 0);
  int found = 0;
  const absl::Status status = ForEachMapping([&](const Mapping& mapping) {
    for (const void* wanted :
         {static_cast<const void*>(page), static_cast<const void*>(&found)}) {
      const auto address = reinterpret_cast<uintptr_t>(wanted);
      found += mapping.begin <= address && address < mapping.end ? 1 : 0;
    }
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(found, 2);
  munmap(page, PageSize());
  close(file);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace cowbench::probe
