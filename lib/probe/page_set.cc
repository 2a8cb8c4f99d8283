#include "lib/probe/page_set.h"

#include <algorithm>

#include "lib/probe/mappings.h"

namespace cowbench::probe {

absl::StatusOr<PageSet> PageSet::Create() {
  absl::StatusOr<SharedMemory> bitmap =
      SharedMemory::Map(kAddressSpaceBytes / PageSize() / 8);
  if (!bitmap.ok()) {
    return bitmap.status();
  }
  return PageSet(*std::move(bitmap));
}

void PageSet::Add(const void* begin, size_t bytes) {
  const auto address = reinterpret_cast<uintptr_t>(begin);
  const uintptr_t last = (address + bytes - 1) / PageSize();
  for (uintptr_t page = address / PageSize(); page <= last; ++page) {
    auto& byte = bitmap_.as<uint8_t>()[page / 8];
    byte = static_cast<uint8_t>(byte | 1u << page % 8);
  }
  begin_ = std::min(begin_, address);
  end_ = std::max(end_, address + bytes);
}

bool PageSet::Contains(uintptr_t address) const {
  const uintptr_t page = address / PageSize();
  return (bitmap_.as<uint8_t>()[page / 8] >> page % 8 & 1) != 0;
}

}  // namespace cowbench::probe
