#include "lib/suite/matrix.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace cowbench {
namespace {

constexpr uint64_t kKiB = 1024;
constexpr uint64_t kMiB = 1024 * kKiB;

void AddIfAbsent(std::string_view name, std::vector<std::string>* names) {
  if (std::find(names->begin(), names->end(), name) == names->end()) {
    names->emplace_back(name);
  }
}

std::string IdWith(const Case& c, const std::string& allocator) {
  std::string id = absl::StrCat("cow/", std::string(c.layout->name), "/",
                                std::string(c.pattern->name), allocator,
                                "/size:", FormatSize(c.size));
  if (c.touch != Percent()) {
    absl::StrAppend(&id, "/touch:", FormatPercent(c.touch));
  }
  if (c.children != 1) {
    absl::StrAppend(&id, "/children:", c.children);
  }
  if (c.writer != Writer::kChild) {
    absl::StrAppend(&id, "/writer:parent");
  }
  if (c.order != Order::kSequential) {
    absl::StrAppend(&id, "/order:shuffled");
  }
  return id;
}

}  // namespace

std::string Case::Id() const {
  return IdWith(*this, absl::StrCat("/", allocator->name));
}

std::string Case::IdWithoutAllocator() const { return IdWith(*this, ""); }

Touch Case::touched() const {
  const uint64_t elements = layout->element_count(size);
  return {.elements = elements, .touched = PartOf(touch, elements)};
}

absl::StatusOr<Axes> PresetAxes(absl::string_view preset,
                                const Catalog& catalog,
                                const std::vector<Allocator>& allocators) {
  Axes axes;
  for (const LayoutEntry& layout : catalog) {
    AddIfAbsent(layout.name, &axes.layouts);
    for (const PatternEntry& pattern : layout.patterns) {
      AddIfAbsent(pattern.name, &axes.patterns);
    }
  }
  for (const Allocator& allocator : allocators) {
    AddIfAbsent(allocator.name, &axes.allocators);
  }
  axes.touch = {Percent()};
  axes.children = {1};
  axes.writers = {Writer::kChild};
  axes.orders = {Order::kSequential};
  if (preset == "smoke") {
    axes.sizes = {64 * kKiB, kMiB};
  } else if (preset == "default") {
    axes.sizes = {64 * kKiB, kMiB, 16 * kMiB};
  } else {
    return absl::InvalidArgumentError(
        absl::StrCat("'", preset, "' is not one of: ", kPresets));
  }
  return axes;
}

std::vector<Case> CasesOf(const Axes& axes, const Catalog& catalog,
                          const std::vector<Allocator>& allocators) {
  std::vector<Case> cases;
  const auto add_data_set = [&](const Allocator& allocator,
                                const LayoutEntry& layout, uint64_t size) {
    for (const std::string& name : axes.patterns) {
      const PatternEntry* const pattern = FindPattern(layout, name);
      if (pattern == nullptr || layout.element_count(size) == 0) {
        continue;
      }
      for (const Percent touch : axes.touch) {
        for (const int children : axes.children) {
          for (const Writer writer : axes.writers) {
            for (const Order order : axes.orders) {
              if (order == Order::kSequential || layout.random_access) {
                cases.push_back({&allocator, &layout, pattern, size, touch,
                                 children, writer, order});
              }
            }
          }
        }
      }
    }
  };
  for (const std::string& layout_name : axes.layouts) {
    for (const uint64_t size : axes.sizes) {
      for (const std::string& allocator_name : axes.allocators) {
        for (const Allocator& allocator : allocators) {
          if (allocator.name == allocator_name) {
            add_data_set(allocator, *FindLayout(catalog, layout_name), size);
          }
        }
      }
    }
  }
  return cases;
}

}  // namespace cowbench
