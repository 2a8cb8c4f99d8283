#include "lib/probe/page_set.h"

#include "lib/probe/mappings.h"

namespace cowbench::probe {

absl::StatusOr<PageSet> PageSet::Create() {
  absl::StatusOr<SharedMemory> numbers =
      SharedMemory::Map(kRegions * sizeof(uint16_t));
  absl::StatusOr<SharedMemory> bitmaps =
      SharedMemory::Map(kMaxBitmaps * kRegionBytes / PageSize() / 8);
  if (!numbers.ok() || !bitmaps.ok()) {
    return numbers.ok() ? bitmaps.status() : numbers.status();
  }
  return PageSet(*std::move(numbers), *std::move(bitmaps));
}

uint8_t* PageSet::ByteOf(uintptr_t page) const {
  const size_t pages = kRegionBytes / PageSize();
  const size_t number = bitmap_numbers_.as<uint16_t>()[page / pages];
  return number == 0
             ? nullptr
             : &bitmaps_.as<uint8_t>()[number * pages / 8 + page % pages / 8];
}

void PageSet::AddPages(uintptr_t address, size_t bytes) {
  const uintptr_t first = address / PageSize();
  const uintptr_t last = (address + bytes - 1) / PageSize();
  for (uintptr_t page = first; page <= last; ++page) {
    uint8_t* byte = ByteOf(page);
    if (byte == nullptr) {
      bitmap_numbers_.as<uint16_t>()[page * PageSize() / kRegionBytes] =
          ++last_bitmap_;
      byte = ByteOf(page);
    }
    *byte = static_cast<uint8_t>(*byte | 1u << page % 8);
  }
  last_begin_ = first * PageSize();
  last_end_ = (last + 1) * PageSize();
}

bool PageSet::Contains(uintptr_t address) const {
  const uintptr_t page = address / PageSize();
  const uint8_t* const byte = ByteOf(page);
  return byte != nullptr && (*byte >> page % 8 & 1) != 0;
}

}  // namespace cowbench::probe
