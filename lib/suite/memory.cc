#include "lib/suite/memory.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace cowbench {
namespace {

constexpr uint64_t kUnlimited = std::numeric_limits<uint64_t>::max();

// The number in a file that holds nothing else; kUnlimited for any other
// text, such as "max", and for a file that does not exist.
uint64_t ReadNumber(const std::string& path) {
  std::ifstream file(path);
  std::string word;
  uint64_t number = 0;
  return file >> word && absl::SimpleAtoi(word, &number) ? number : kUnlimited;
}

// Bytes of files in memory, which the kernel can drop, by a cgroup's
// memory.stat. Its first version has totals beside the group's own.
uint64_t FileCache(const std::string& path) {
  std::ifstream file(path);
  std::string name;
  uint64_t bytes;
  uint64_t own = 0;
  uint64_t total = 0;
  while (file >> name >> bytes) {
    own += name == "active_file" || name == "inactive_file" ? bytes : 0;
    total += name == "total_active_file" || name == "total_inactive_file"
                 ? bytes
                 : 0;
  }
  return std::max(own, total);
}

// What is left in a cgroup and in all those around it.
uint64_t LeftInCgroup(const std::string& mount, std::string group,
                      const std::string& limit, const std::string& usage) {
  uint64_t left = kUnlimited;
  while (true) {
    const uint64_t most = ReadNumber(absl::StrCat(mount, group, "/", limit));
    const uint64_t used = ReadNumber(absl::StrCat(mount, group, "/", usage));
    if (most != kUnlimited && used != kUnlimited) {
      const uint64_t cache =
          FileCache(absl::StrCat(mount, group, "/memory.stat"));
      left =
          std::min(left, most - std::min(most, used - std::min(used, cache)));
    }
    if (group.empty()) {
      return left;
    }
    group.resize(group.rfind('/'));
  }
}

}  // namespace

uint64_t AvailableMemory(const std::string& root) {
  uint64_t available = kUnlimited;
  std::ifstream meminfo(root + "/proc/meminfo");
  std::string name;
  uint64_t kibibytes;
  std::string rest;
  while (meminfo >> name >> kibibytes && std::getline(meminfo, rest)) {
    if (name == "MemAvailable:") {
      available = kibibytes * 1024;
    }
  }
  // hierarchy:controllers:path, cgroups(7)
  std::ifstream cgroups(root + "/proc/self/cgroup");
  std::string line;
  while (std::getline(cgroups, line)) {
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
