#include "lib/workload/workload.h"

namespace cowbench::workload {
namespace {

template <typename Entry>
const Entry* Find(std::span<const Entry> entries, std::string_view name) {
  for (const Entry& entry : entries) {
    if (entry.name == name) {
      return &entry;
    }
  }
  return nullptr;
}

}  // namespace

const LayoutEntry* FindLayout(Catalog catalog, std::string_view name) {
  return Find(catalog, name);
}

const PatternEntry* FindPattern(const LayoutEntry& layout,
                                std::string_view name) {
  return Find(layout.patterns, name);
}

const PatternEntry* PatternOfParent(const LayoutEntry& layout,
                                    const PatternEntry* pattern) {
  return pattern->then.empty() ? pattern : FindPattern(layout, pattern->then);
}

}  // namespace cowbench::workload
