// Feeds any text to the parser of /proc/<pid>/maps, which must accept or refuse
// it, and must not read beyond its end.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "lib/probe/mappings.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using cowbench::probe::Mapping;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  std::string_view rest = input;
  const absl::Status status =
      cowbench::probe::ParseMappings(&rest, [&](const Mapping& mapping) {
        const bool is_within =
            mapping.name.empty() ||
            (mapping.name.data() >= input.data() &&
             mapping.name.data() + mapping.name.size() <= input.data() + size);
        if (!is_within || mapping.begin >= mapping.end) {
          __builtin_trap();
        }
      });
  if (status.ok() && rest.find('\n') != rest.npos) {
    __builtin_trap();
  }
  return 0;
}
