#include "lib/probe/mappings.h"

#include <fcntl.h>
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
#include "lib/base/status_macros.h"
#include "lib/probe/page_scan.h"
#include "lib/probe/shared_memory.h"

namespace cowbench::probe {
namespace {

// Enough for one line. It is longer than PATH_MAX if the path has newlines, for
// which the kernel writes "\012".
constexpr size_t kMapsBufferBytes = size_t{32} << 10;

// Larger reads would save system calls, but the kernel must provide each page
// of the buffer.
constexpr size_t kEntriesPerRead = size_t{2} << 10;

// Where more than this is left of a mapping, a search skips absent pages. An
// allocator or sanitizer may reserve terabytes that are nearly empty, and
// pagemap has eight bytes for each absent page, too.
constexpr uint64_t kSearchedBytes = uint64_t{8} << 20;

absl::Status Errno(absl::string_view what) {
  return absl::InternalError(absl::StrCat(what, ": ", strerror(errno)));
}

absl::Status CannotRead(std::string_view line) {
  return absl::InternalError(
      absl::StrCat("maps: cannot read '", std::string(line), "'"));
}

// Parses and removes a number and the character `end` behind it.
bool TakeNumber(int base, char end, std::string_view* text, uint64_t* number) {
  const char* const last = text->data() + text->size();
  const auto [at, error] = std::from_chars(text->data(), last, *number, base);
  if (error != std::errc() || at == last || *at != end) {
    return false;
  }
  text->remove_prefix(static_cast<size_t>(at - text->data()) + 1);
  return true;
}

// Parses "begin-end rwxp offset major:minor inode   name".
bool ParseMapping(std::string_view line, Mapping* mapping) {
  constexpr size_t kPermissions = std::string_view("rwxp ").size();
  uint64_t device = 0;
  uint64_t inode = 0;
  if (!TakeNumber(16, '-', &line, &mapping->begin) ||
      !TakeNumber(16, ' ', &line, &mapping->end) ||
      line.size() < kPermissions) {
    return false;
  }
  mapping->is_private = line[3] == 'p';
  line.remove_prefix(kPermissions);
  if (!TakeNumber(16, ' ', &line, &mapping->offset) ||
      !TakeNumber(16, ':', &line, &device) ||
      !TakeNumber(16, ' ', &line, &device) ||
      !TakeNumber(10, ' ', &line, &inode)) {
    return false;
  }
  mapping->is_file = inode != 0;
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  mapping->name = line;
  return mapping->begin < mapping->end;
}

bool AllAbsent(absl::Span<const uint64_t> entries) {
  return std::all_of(entries.begin(), entries.end(), [](uint64_t entry) {
    return StateOf(entry) == PageState::kAbsent;
  });
}

}  // namespace

size_t PageSize() {
  static const auto size = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return size;
}

absl::Status ParseMappings(std::string_view* text,
                           absl::FunctionRef<void(const Mapping&)> visit) {
  for (size_t eol = text->find('\n'); eol != text->npos;
       eol = text->find('\n')) {
    Mapping mapping;
    const std::string_view line = text->substr(0, eol);
    if (!ParseMapping(line, &mapping)) {
      return CannotRead(line);
    }
    // Only vsyscall lies in the kernel's half of the addresses.
    if (static_cast<intptr_t>(mapping.end) > 0) {
      visit(mapping);
    }
    text->remove_prefix(eol + 1);
  }
  return absl::OkStatus();
}

absl::Status ForEachMapping(absl::FunctionRef<void(const Mapping&)> visit) {
  const int maps = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  if (maps < 0) {
    return Errno("open /proc/self/maps");
  }
  absl::Cleanup close_maps = [maps] { close(maps); };
  COWBENCH_ASSIGN_OR_RETURN(const SharedMemory memory,
                            SharedMemory::Map(kMapsBufferBytes));
  char* const buffer = memory.as<char>();
  size_t filled = 0;
  while (true) {
    const ssize_t got = read(maps, buffer + filled, kMapsBufferBytes - filled);
    if (got < 0) {
      return Errno("read /proc/self/maps");
    }
    if (got == 0) {
      return filled == 0 ? absl::OkStatus() : CannotRead({buffer, filled});
    }
    filled += static_cast<size_t>(got);
    std::string_view text(buffer, filled);
    COWBENCH_RETURN_IF_ERROR(ParseMappings(&text, visit));
    memmove(buffer, text.data(), text.size());
    filled = text.size();
  }
}

absl::StatusOr<PageMap> PageMap::Open() {
  const int descriptor = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return Errno("open /proc/self/pagemap");
  }
  return PageMap(descriptor);
}

PageMap::~PageMap() {
  if (descriptor_ >= 0) {
    close(descriptor_);
  }
}

absl::StatusOr<absl::Span<const uint64_t>> PageMap::Read(
    uintptr_t address, absl::Span<uint64_t> entries) const {
  const ssize_t got =
      pread(descriptor_, entries.data(), entries.size() * sizeof(uint64_t),
            static_cast<off_t>(address / PageSize() * sizeof(uint64_t)));
  if (got <= 0) {
    return Errno("read /proc/self/pagemap");
  }
  return entries.first(static_cast<size_t>(got) / sizeof(uint64_t));
}

namespace {

// ForEachPrivateStretch(), or the same for all other mappings.
absl::Status ForEachStretch(
    bool of_private_mappings,
    absl::FunctionRef<void(uintptr_t, absl::Span<const uint64_t>)> visit) {
  COWBENCH_ASSIGN_OR_RETURN(const PageMap pagemap, PageMap::Open());
  constexpr size_t kBytes = kEntriesPerRead * sizeof(uint64_t);
  COWBENCH_ASSIGN_OR_RETURN(const SharedMemory memory,
                            SharedMemory::Map(kBytes));
  auto* const entries = memory.as<uint64_t>();
  // In shared mappings, mincore(2) takes as long as reading the entries.
  const absl::Span<unsigned char> room(memory.as<unsigned char>(),
                                       of_private_mappings ? kBytes : 0);

  const size_t page_size = PageSize();
  absl::Status status;
  const auto read = [&](uintptr_t begin, uintptr_t end) {
    bool absent = true;  // all pages that were read last
    while (true) {
      if (absent && end - begin > kSearchedBytes) {
        begin = NextPresentPage(pagemap.descriptor(), begin, end, room);
      }
      if (begin == end || !status.ok()) {
        return;
      }
      const absl::StatusOr<absl::Span<const uint64_t>> filled = pagemap.Read(
          begin, {entries, std::min<size_t>((end - begin) / page_size,
                                            kEntriesPerRead)});
      if (!filled.ok()) {
        status = filled.status();
        return;
      }
      visit(begin, *filled);
      begin += filled->size() * page_size;
      absent = AllAbsent(*filled);
    }
  };
  COWBENCH_RETURN_IF_ERROR(ForEachMapping([&](const Mapping& mapping) {
    if (mapping.is_private == of_private_mappings) {
      read(mapping.begin, mapping.end);
    }
  }));
  return status;
}

}  // namespace

absl::Status ForEachPrivateStretch(
    absl::FunctionRef<void(uintptr_t, absl::Span<const uint64_t>)> visit) {
  return ForEachStretch(true, visit);
}

absl::StatusOr<uint64_t> PagesOfSharedMappings() {
  uint64_t pages = 0;
  COWBENCH_RETURN_IF_ERROR(ForEachStretch(
      false, [&pages](uintptr_t, absl::Span<const uint64_t> entries) {
        for (const uint64_t entry : entries) {
          pages += (entry & kPresentBit) != 0 ? 1 : 0;
        }
      }));
  return pages;
}

}  // namespace cowbench::probe
