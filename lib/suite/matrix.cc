#include "lib/suite/matrix.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "lib/base/units.h"

namespace cowbench {
namespace {

constexpr uint64_t kKiB = 1024;
constexpr uint64_t kMiB = 1024 * kKiB;

void AddIfAbsent(std::string_view name, std::vector<std::string>* names) {
  if (std::find(names->begin(), names->end(), name) == names->end()) {
    names->emplace_back(name);
  }
}

// The names of what is in the default preset, of all layouts, or of all
// patterns and allocators.
Axes NamesOf(workload::Catalog catalog,
             const std::vector<Allocator>& allocators, bool all_layouts,
             bool all_others) {
  Axes axes;
  for (const workload::LayoutEntry& layout : catalog) {
    if (all_layouts || layout.in_default) {
      AddIfAbsent(layout.name, &axes.layouts);
    }
    // Also of a layout that is not wanted: it may still be asked for.
    for (const workload::PatternEntry& pattern : layout.patterns) {
      if (all_others || pattern.in_default) {
        AddIfAbsent(pattern.name, &axes.patterns);
      }
    }
  }
  for (const Allocator& allocator : allocators) {
    if (all_others || allocator.in_default) {
      AddIfAbsent(allocator.name, &axes.allocators);
    }
  }
  return axes;
}

// All cases with the data set of `c`.
void AddCasesOfDataSet(const Axes& axes, Case c, std::vector<Case>* cases) {
  const std::vector<AllAxes::Point> points =
      axes.values.Span(c.point, /*of_data_set=*/false);
  for (const std::string& name : axes.patterns) {
    c.pattern = workload::FindPattern(*c.layout, name);
    for (const AllAxes::Point& point : points) {
      if (c.pattern == nullptr || !point.IsFor(*c.layout, *c.pattern)) {
        continue;
      }
      c.point = point;
      if (c.elements() > 0) {
        cases->push_back(c);
      }
    }
  }
}

}  // namespace

std::string Case::Id() const {
  return absl::StrCat("cow/", std::string(layout->name), "/",
                      std::string(pattern->name), "/", allocator->name,
                      "/size:", FormatSize(size), point.InId());
}

std::string Case::DataSet() const {
  return absl::StrCat(allocator->name, "/", std::string(layout->name), "/",
                      size, point.InDataSet(),
                      pattern != nullptr && pattern->own_subject
                          ? absl::StrCat("/", std::string(pattern->name))
                          : "");
}

uint64_t Case::elements() const {
  const uint64_t bytes = Get<axis::Element>();
  return bytes == axis::Element::kDefault
             ? layout->element_count(size)
             : layout->elementwise->element_count(size, bytes);
}

workload::Touch Case::touched() const {
  return {.elements = elements(),
          .touched = PartOf(Get<axis::Touch>(), elements()),
          .order = Get<axis::Order>(),
          .spread = Get<axis::Spread>()};
}

uint64_t Case::stored_bytes() const {
  return (Get<axis::Writer>() == Writer::kParent
              ? workload::PatternOfParent(*layout, pattern)
              : pattern)
      ->stored_bytes(touched());
}

Axes AllNames(workload::Catalog catalog,
              const std::vector<Allocator>& allocators) {
  return NamesOf(catalog, allocators, true, true);
}

absl::StatusOr<Axes> PresetAxes(absl::string_view preset,
                                workload::Catalog catalog,
                                const std::vector<Allocator>& allocators,
                                absl::Span<const Preset> own) {
  Axes axes = NamesOf(catalog, allocators, /*all_layouts=*/false,
                      /*all_others=*/preset == "full");
  axes.sizes = {64 * kKiB, kMiB, 16 * kMiB};
  if (preset == "smoke") {
    axes.sizes = {64 * kKiB, kMiB};
  } else if (preset == "full") {
    axes.sizes = {64 * kKiB, kMiB, 16 * kMiB, 256 * kMiB, 1024 * kMiB};
    axes.Get<axis::Children>() = {1, 4};
    axes.Get<axis::Writer>() = {Writer::kChild, Writer::kParent};
  } else if (preset != "default") {
    std::string known = "smoke, default, full";
    for (const Preset& one : own) {
      if (preset == one.name) {
        one.adjust(&axes);
        return axes;
      }
      absl::StrAppend(&known, ", ", one.name);
    }
    return absl::InvalidArgumentError(
        absl::StrCat("'", preset, "' is not one of: ", known));
  }
  return axes;
}

std::vector<Case> CasesOf(const Axes& axes, workload::Catalog catalog,
                          const std::vector<Allocator>& allocators) {
  std::vector<Case> cases;
  for (const std::string& layout_name : axes.layouts) {
    const workload::LayoutEntry& layout =
        *workload::FindLayout(catalog, layout_name);
    const auto own = axes.size_of_layout.find(layout_name);
    for (const uint64_t size : own == axes.size_of_layout.end()
                                   ? axes.sizes
                                   : std::vector<uint64_t>{own->second}) {
      for (const std::string& allocator_name : axes.allocators) {
        const auto allocator = std::find_if(
            allocators.begin(), allocators.end(),
            [&](const Allocator& a) { return a.name == allocator_name; });
        for (const AllAxes::Point& point :
             axes.values.Span({}, /*of_data_set=*/true)) {
          AddCasesOfDataSet(axes,
                            {.allocator = &*allocator,
                             .layout = &layout,
                             .size = size,
                             .point = point},
                            &cases);
        }
      }
    }
  }
  return cases;
}

}  // namespace cowbench
