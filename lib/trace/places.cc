#include "lib/trace/places.h"

#include <sys/stat.h>
#include <unistd.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace cowbench::trace {
namespace {

// The user of a process; this process's own user if that one is gone.
uid_t OwnerOf(pid_t process) {
  struct stat status;
  return stat(absl::StrCat("/proc/", process).c_str(), &status) == 0
             ? status.st_uid
             : geteuid();
}

}  // namespace

uint64_t Places::PlaceOf(uint64_t address,
                         absl::Span<const probe::ProcessMapping> mappings,
                         pid_t process) {
  const probe::ProcessMapping* const mapping =
      probe::FindMapping(mappings, address);
  Place place;
  // Memory for generated code may have a name from prctl(2), which is no file.
  if (mapping != nullptr && !mapping->name.empty() &&
      !absl::StartsWith(mapping->name, "[anon:")) {
    place.file = mapping->name;
    place.offset = address - mapping->begin + mapping->offset;
  } else {
    place.offset = address;
    place.process = process;
    place.user = OwnerOf(process);
  }
  std::string key = place.file.empty() ? absl::StrCat(process) : place.file;
  const auto [at, is_new] = numbers_.try_emplace(
      std::pair(std::move(key), place.offset), places_.size());
  if (is_new) {
    places_.push_back(std::move(place));
  }
  return at->second;
}

uint32_t Places::Resolve(absl::Span<const uint64_t> chain,
                         absl::Span<const probe::ProcessMapping> mappings,
                         pid_t process) {
  std::vector<uint64_t> path;
  path.reserve(chain.size());
  for (size_t i = 0; i < chain.size(); ++i) {
    // All but the innermost are return addresses; the call is the instruction
    // before.
    path.push_back(PlaceOf(chain[i] - (i == 0 ? 0 : 1), mappings, process));
  }
  return paths_.Intern(path);
}

}  // namespace cowbench::trace
