#include "lib/trace/places.h"

#include "absl/strings/str_cat.h"

namespace cowbench::trace {

uint64_t Places::PlaceOf(uint64_t address,
                         absl::Span<const probe::ProcessMapping> mappings,
                         pid_t process) {
  const probe::ProcessMapping* const mapping =
      probe::FindMapping(mappings, address);
  Place place = {.file = "", .offset = address, .process = process};
  if (mapping != nullptr && (mapping->is_file || !mapping->name.empty())) {
    place = {.file = mapping->name,
             .offset = address - mapping->begin + mapping->offset,
             .process = 0};
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
    // All but the innermost are return addresses: the call stands before.
    path.push_back(PlaceOf(chain[i] - (i == 0 ? 0 : 1), mappings, process));
  }
  return paths_.Intern(path);
}

}  // namespace cowbench::trace
