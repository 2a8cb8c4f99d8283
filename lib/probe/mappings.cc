#include "lib/probe/mappings.h"

#include <fcntl.h>
#include <linux/ioctl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <string>
#include <string_view>

#include "absl/cleanup/cleanup.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/probe/shared_memory.h"

namespace cowbench::probe {
namespace {

// Larger reads save system calls, up to a point; both buffers stay in cache.
constexpr size_t kMapsBufferBytes = size_t{32} << 10;
constexpr size_t kEntriesPerRead = size_t{8} << 10;

// Mappings larger than this are searched for present pages before their
// entries are read: an allocator or sanitizer may reserve terabytes that are
// nearly empty, and pagemap has eight bytes for each absent page too. The
// search costs about half of what reading the entries of full pages does.
constexpr uint64_t kSparseMappingBytes = uint64_t{2} << 30;

// ioctl(PAGEMAP_SCAN), Linux 6.7, include/uapi/linux/fs.h; declared here
// because the headers of Debian 12 are older.
struct PageRegion {
  uint64_t begin;
  uint64_t end;
  uint64_t categories;
};
struct PageScan {
  uint64_t size;
  uint64_t flags;
  uint64_t begin;
  uint64_t end;
  uint64_t walk_end;
  uint64_t regions;
  uint64_t region_count;
  uint64_t max_pages;
  uint64_t category_inverted;
  uint64_t category_mask;
  uint64_t category_anyof_mask;
  uint64_t return_mask;
};
constexpr uint64_t kPageScanIoctl = _IOWR('f', 16, PageScan);
constexpr uint64_t kScanPresent = uint64_t{1} << 3;
constexpr uint64_t kScanSwapped = uint64_t{1} << 4;

absl::Status Errno(absl::string_view what) {
  return absl::InternalError(absl::StrCat(what, ": ", strerror(errno)));
}

// Parses "begin-end perms ...".
bool ParseMapping(std::string_view line, Mapping* mapping) {
  const char* const last = line.data() + line.size();
  auto parsed = std::from_chars(line.data(), last, mapping->begin, 16);
  if (parsed.ec != std::errc() || parsed.ptr == last || *parsed.ptr != '-') {
    return false;
  }
  parsed = std::from_chars(parsed.ptr + 1, last, mapping->end, 16);
  if (parsed.ec != std::errc() || last - parsed.ptr < 5) {
    return false;
  }
  mapping->is_private = parsed.ptr[4] == 'p';
  return true;
}

// The part of [begin, end) from the first present page on, in `region`; an
// empty one when there is none. Regions end early only at an absent page.
bool NextPresentRegion(int pagemap, uintptr_t begin, uintptr_t end,
                       PageRegion* region) {
  PageScan scan = {};
  scan.size = sizeof(scan);
  scan.begin = begin;
  scan.end = end;
  scan.regions = reinterpret_cast<uintptr_t>(region);
  scan.region_count = 1;
  scan.category_anyof_mask = kScanPresent | kScanSwapped;
  scan.return_mask = kScanPresent;
  const int found = ioctl(pagemap, kPageScanIoctl, &scan);
  if (found == 0) {
    *region = {end, end, 0};
  }
  return found >= 0;
}

}  // namespace

size_t PageSize() {
  static const auto size = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return size;
}

absl::Status ForEachMapping(absl::FunctionRef<void(const Mapping&)> visit) {
  const int maps = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  if (maps < 0) {
    return Errno("open /proc/self/maps");
  }
  absl::Cleanup close_maps = [maps] { close(maps); };
  absl::StatusOr<SharedMemory> memory = SharedMemory::Map(kMapsBufferBytes);
  if (!memory.ok()) {
    return memory.status();
  }
  char* const buffer = memory->as<char>();
  size_t filled = 0;
  while (true) {
    const ssize_t got = read(maps, buffer + filled, kMapsBufferBytes - filled);
    if (got < 0) {
      return Errno("read /proc/self/maps");
    }
    if (got == 0) {
      return absl::OkStatus();
    }
    filled += static_cast<size_t>(got);
    std::string_view text(buffer, filled);
    for (size_t eol = text.find('\n'); eol != text.npos;
         eol = text.find('\n')) {
      Mapping mapping;
      const std::string_view line = text.substr(0, eol);
      if (!ParseMapping(line, &mapping)) {
        return absl::InternalError(absl::StrCat(
            "/proc/self/maps: cannot read '", std::string(line), "'"));
      }
      if (!line.ends_with("[vsyscall]")) {
        visit(mapping);
      }
      text.remove_prefix(eol + 1);
    }
    memmove(buffer, text.data(), text.size());
    filled = text.size();
  }
}

namespace {

// Of mappings that are private, or of those that are not.
absl::Status ForEachStretch(
    bool of_private_mappings,
    absl::FunctionRef<void(uintptr_t, absl::Span<const uint64_t>)> visit) {
  const int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  if (pagemap < 0) {
    return Errno("open /proc/self/pagemap");
  }
  absl::Cleanup close_pagemap = [pagemap] { close(pagemap); };
  absl::StatusOr<SharedMemory> memory =
      SharedMemory::Map(kEntriesPerRead * sizeof(uint64_t));
  if (!memory.ok()) {
    return memory.status();
  }
  auto* const entries = memory->as<uint64_t>();

  const size_t page_size = PageSize();
  absl::Status status;
  const auto read_stretch = [&](uintptr_t begin, uintptr_t end) {
    while (begin < end && status.ok()) {
      const size_t wanted =
          std::min<size_t>((end - begin) / page_size, kEntriesPerRead) *
          sizeof(uint64_t);
      const ssize_t got =
          pread(pagemap, entries, wanted,
                static_cast<off_t>(begin / page_size * sizeof(uint64_t)));
      if (got <= 0) {
        status = Errno("read /proc/self/pagemap");
        return;
      }
      const size_t count = static_cast<size_t>(got) / sizeof(uint64_t);
      visit(begin, absl::MakeConstSpan(entries, count));
      begin += count * page_size;
    }
  };
  absl::Status listed = ForEachMapping([&](const Mapping& mapping) {
    if (mapping.is_private != of_private_mappings || !status.ok()) {
      return;
    }
    PageRegion region = {mapping.begin, mapping.end, 0};
    while (region.begin < mapping.end) {
      if (mapping.end - region.begin > kSparseMappingBytes &&
          !NextPresentRegion(pagemap, region.begin, mapping.end, &region)) {
        // An older kernel: read the absent pages too.
        region = {region.begin, mapping.end, 0};
      }
      read_stretch(region.begin, region.end);
      region = {region.end, mapping.end, 0};
    }
  });
  return listed.ok() ? status : listed;
}

}  // namespace

absl::Status ForEachPrivateStretch(
    absl::FunctionRef<void(uintptr_t, absl::Span<const uint64_t>)> visit) {
  return ForEachStretch(true, visit);
}

absl::StatusOr<uint64_t> PagesOfSharedMappings() {
  uint64_t pages = 0;
  absl::Status status = ForEachStretch(
      false, [&pages](uintptr_t, absl::Span<const uint64_t> entries) {
        for (const uint64_t entry : entries) {
          pages += (entry & kPresentBit) != 0 ? 1 : 0;
        }
      });
  if (!status.ok()) {
    return status;
  }
  return pages;
}

}  // namespace cowbench::probe
