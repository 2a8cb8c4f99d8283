#include "lib/probe/process_pages.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <iterator>
#include <string_view>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/status_macros.h"
#include "lib/probe/mappings.h"
#include "lib/probe/page_scan.h"

namespace cowbench::probe {
namespace {

constexpr size_t kEntriesPerRead = size_t{32} << 10;
constexpr size_t kRegionsPerScan = 1024;

// ESRCH means that the process has ended and has no memory any more.
absl::StatusOr<int> OpenOf(pid_t process, absl::string_view file) {
  const std::string path = absl::StrCat("/proc/", process, "/", file);
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return errno == ESRCH ? absl::NotFoundError(path)
                          : absl::ErrnoToStatus(errno, path);
  }
  return descriptor;
}

// Pages of the kernel, which it maps into every process.
bool IsOfKernel(const ProcessMapping& mapping) {
  const std::string_view name = mapping.name;
  return name == "[vdso]" || name.starts_with("[vvar");
}

// The pages from `begin` to `end` that are not absent, and which of them are
// the zero page. Before Linux 6.7, which cannot tell, all pages.
std::vector<PageRegion> Regions(int pagemap, uintptr_t begin, uintptr_t end) {
  std::vector<PageRegion> regions;
  std::vector<PageRegion> some(kRegionsPerScan);
  PageScan scan = {.begin = begin,
                   .end = end,
                   .regions = reinterpret_cast<uintptr_t>(some.data()),
                   .region_count = some.size(),
                   .category_anyof_mask = kScanPresent | kScanSwapped,
                   .return_mask = kScanZero};
  while (scan.begin < end) {
    const int got = ioctl(pagemap, kPageScanIoctl, &scan);
    if (got < 0) {
      return {{begin, end, 0}};
    }
    regions.insert(regions.end(), some.begin(), some.begin() + got);
    scan.begin = scan.walk_end;
  }
  return regions;
}

// The frame of the kernel's zero page; 0 without CAP_SYS_ADMIN. A page of this
// process that was only read is mapped to it.
uint64_t ZeroFrame() {
  static const uint64_t frame = [] {
    const size_t bytes = PageSize();
    void* const page =
        mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) {
      return uint64_t{0};
    }
    absl::Cleanup unmap = [page, bytes] { munmap(page, bytes); };
    const absl::StatusOr<PageMap> pagemap = PageMap::Open();
    uint64_t entry = *static_cast<const volatile char*>(page) != 0 ? 1 : 0;
    if (!pagemap.ok() || !pagemap
                              ->Read(reinterpret_cast<uintptr_t>(page),
                                     absl::MakeSpan(&entry, 1))
                              .ok()) {
      return uint64_t{0};
    }
    return entry & kFrameMask;
  }();
  return frame;
}

// The one of these ascending ranges that `address` lies in; null if none.
template <typename Range>
const Range* FindRange(absl::Span<const Range> ranges, uintptr_t address) {
  const auto* const after = std::upper_bound(
      ranges.begin(), ranges.end(), address,
      [](uintptr_t a, const Range& range) { return a < range.begin; });
  return after == ranges.begin() || std::prev(after)->end <= address
             ? nullptr
             : std::prev(after);
}

}  // namespace

absl::StatusOr<std::vector<ProcessMapping>> MappingsOf(pid_t process) {
  COWBENCH_ASSIGN_OR_RETURN(const int maps, OpenOf(process, "maps"));
  FILE* const file = fdopen(maps, "r");
  absl::Cleanup close_file = [file] { fclose(file); };
  std::string text;
  char buffer[1 << 14];
  while (const size_t got = fread(buffer, 1, sizeof(buffer), file)) {
    text.append(buffer, got);
  }
  std::string_view lines = text;
  std::vector<ProcessMapping> mappings;
  COWBENCH_RETURN_IF_ERROR(ParseMappings(&lines, [&](const Mapping& mapping) {
    mappings.push_back({.begin = mapping.begin,
                        .end = mapping.end,
                        .offset = mapping.offset,
                        .is_private = mapping.is_private,
                        .is_file = mapping.is_file,
                        .name = std::string(mapping.name)});
  }));
  return mappings;
}

const ProcessMapping* FindMapping(absl::Span<const ProcessMapping> mappings,
                                  uintptr_t address) {
  return FindRange(mappings, address);
}

bool ProcessPages::KnowsFrames() { return ZeroFrame() != 0; }

void ProcessPages::Add(uintptr_t address, AnonymousPage state, uint64_t frame) {
  if (runs_.empty() || runs_.back().end != address ||
      runs_.back().state != state) {
    runs_.push_back({address, address, page_count_, state});
  }
  runs_.back().end = address + PageSize();
  ++page_count_;
  if (KnowsFrames()) {
    frames_.push_back(frame);
  }
}

void ProcessPages::AddEntry(uintptr_t address, uint64_t entry, bool is_zero) {
  if (IsSwapped(entry)) {
    Add(address, AnonymousPage::kSwapped, 0);
  } else if ((entry & (kPresentBit | kFileBit)) == kPresentBit) {
    const uint64_t frame = entry & kFrameMask;
    if (is_zero || (frame != 0 && frame == ZeroFrame())) {
      Add(address, AnonymousPage::kZero, frame);
    } else {
      Add(address,
          (entry & kExclusiveBit) != 0 ? AnonymousPage::kPrivate
                                       : AnonymousPage::kShared,
          frame);
    }
  }
}

absl::StatusOr<ProcessPages> ProcessPages::Look(pid_t process) {
  ProcessPages pages;
  COWBENCH_RETURN_IF_ERROR(ReadUndisturbed(
      [&pages, process] { return pages.Read(process); }, &pages.actions_));
  return pages;
}

absl::Status ProcessPages::Read(pid_t process) {
  runs_.clear();
  frames_.clear();
  page_count_ = 0;
  COWBENCH_ASSIGN_OR_RETURN(mappings_, MappingsOf(process));
  COWBENCH_ASSIGN_OR_RETURN(const int pagemap, OpenOf(process, "pagemap"));
  absl::Cleanup close_pagemap = [pagemap] { close(pagemap); };
  std::vector<uint64_t> entries(kEntriesPerRead);
  for (const ProcessMapping& mapping : mappings_) {
    if (!mapping.is_private || IsOfKernel(mapping)) {
      continue;
    }
    for (const PageRegion& region :
         Regions(pagemap, mapping.begin, mapping.end)) {
      for (uintptr_t at = region.begin; at < region.end;) {
        const ssize_t got =
            pread(pagemap, entries.data(),
                  std::min((region.end - at) / PageSize(), kEntriesPerRead) *
                      sizeof(uint64_t),
                  static_cast<off_t>(at / PageSize() * sizeof(uint64_t)));
        if (got <= 0) {
          return absl::NotFoundError(
              absl::StrCat("/proc/", process, "/pagemap"));
        }
        for (size_t i = 0; i < static_cast<size_t>(got) / sizeof(uint64_t);
             ++i, at += PageSize()) {
          AddEntry(at, entries[i], (region.categories & kScanZero) != 0);
        }
      }
    }
  }
  return absl::OkStatus();
}

const PageRun* ProcessPages::Find(uintptr_t address) const {
  return FindRange(runs(), address);
}

size_t ProcessPages::IndexOf(uintptr_t address) const {
  const PageRun* const run = Find(address);
  return run == nullptr ? kNone
                        : run->first + (address - run->begin) / PageSize();
}

}  // namespace cowbench::probe
