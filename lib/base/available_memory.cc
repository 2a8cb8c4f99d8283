#include "lib/base/available_memory.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/base/small_file.h"

namespace cowbench {
namespace {

constexpr uint64_t kUnlimited = std::numeric_limits<uint64_t>::max();

std::optional<uint64_t> NumberIn(const std::string& path) {
  return NumberOf(ReadWholeFile(path), "");
}

// Bytes of a cgroup's page cache, which the kernel can drop, from its
// memory.stat. In version 1, only the fields "total_..." include child groups.
uint64_t FileCache(const std::string& path) {
  const std::string stat = ReadWholeFile(path);
  const auto field = [&stat](const char* name) {
    return NumberOf(stat, name).value_or(0);
  };
  return std::max(field("active_file") + field("inactive_file"),
                  field("total_active_file") + field("total_inactive_file"));
}

// Bytes left below the limits of a cgroup and of its ancestors.
uint64_t LeftInCgroup(const std::string& mount, std::string group,
                      const std::string& limit, const std::string& usage) {
  uint64_t left = kUnlimited;
  while (true) {
    const std::string folder = absl::StrCat(mount, group, "/");
    const std::optional<uint64_t> most = NumberIn(folder + limit);
    const std::optional<uint64_t> used = NumberIn(folder + usage);
    if (most.has_value() && used.has_value()) {
      const uint64_t cache = FileCache(folder + "memory.stat");
      left = std::min(left,
                      *most - std::min(*most, *used - std::min(*used, cache)));
    }
    if (group.empty()) {
      return left;
    }
    group.resize(group.rfind('/'));
  }
}

}  // namespace

uint64_t AvailableMemory(const std::string& root) {
  const std::optional<uint64_t> kibibytes =
      NumberOf(ReadWholeFile(root + "/proc/meminfo"), "MemAvailable");
  uint64_t available = kibibytes.has_value() ? *kibibytes * 1024 : kUnlimited;
  // hierarchy:controllers:path, cgroups(7)
  const std::string cgroups = ReadWholeFile(root + "/proc/self/cgroup");
  for (const absl::string_view line : absl::StrSplit(cgroups, '\n')) {
    const std::vector<std::string> fields =
        absl::StrSplit(line, absl::MaxSplits(':', 2));
    if (fields.size() != 3) {
      continue;
    }
    const std::string group = fields[2] == "/" ? "" : fields[2];
    if (fields[1].empty()) {
      available =
          std::min(available, LeftInCgroup(root + "/sys/fs/cgroup", group,
                                           "memory.max", "memory.current"));
    } else if (fields[1] == "memory") {
      available =
          std::min(available, LeftInCgroup(root + "/sys/fs/cgroup/memory",
                                           group, "memory.limit_in_bytes",
                                           "memory.usage_in_bytes"));
    }
  }
  return available;
}

}  // namespace cowbench
