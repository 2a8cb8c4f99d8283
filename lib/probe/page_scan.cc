#include "lib/probe/page_scan.h"

#include <sys/mman.h>
#include <sys/sysinfo.h>

#include <algorithm>
#include <cstring>

#include "lib/probe/mappings.h"

namespace cowbench::probe {
namespace {

// NextPresentPage() by mincore(2), for kernels that cannot search pagemap. It
// takes a tenth of the time of reading pagemap, and one byte for each page. It
// also finds pages of files that are in memory but not mapped. It does not find
// pages in swap space, and so it is not used while the system has any.
uintptr_t NextResidentPage(uintptr_t begin, uintptr_t end,
                           absl::Span<unsigned char> room) {
  struct sysinfo system;
  if (room.empty() || sysinfo(&system) != 0 ||
      system.freeswap != system.totalswap) {
    return begin;
  }
  const size_t page_size = PageSize();
  while (begin < end) {
    const size_t pages = std::min((end - begin) / page_size, room.size());
    if (mincore(reinterpret_cast<void*>(begin), pages * page_size,
                room.data()) != 0) {
      break;
    }
    const void* const found = memchr(room.data(), 1, pages);
    if (found != nullptr) {
      const auto* const resident = static_cast<const unsigned char*>(found);
      return begin + static_cast<size_t>(resident - room.data()) * page_size;
    }
    begin += pages * page_size;
  }
  return begin;
}

}  // namespace

uintptr_t NextPresentPage(int pagemap, uintptr_t begin, uintptr_t end,
                          absl::Span<unsigned char> room) {
  PageRegion region = {end, end, 0};
  PageScan scan = {.begin = begin,
                   .end = end,
                   .regions = reinterpret_cast<uintptr_t>(&region),
                   .region_count = 1,
                   .max_pages = 1,
                   .category_anyof_mask = kScanPresent | kScanSwapped,
                   .return_mask = kScanPresent};
  return ioctl(pagemap, kPageScanIoctl, &scan) < 0
             ? NextResidentPage(begin, end, room)
             : region.begin;
}

}  // namespace cowbench::probe
