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
  if (c.order != workload::Order::kSequential) {
    absl::StrAppend(&id, "/order:shuffled");
  }
  if (c.huge_pages != HugePages::kSystem) {
    absl::StrAppend(
        &id, "/thp:", c.huge_pages == HugePages::kNever ? "never" : "always");
  }
  return id;
}

// All cases with the data set of `c`.
void AddCasesOfDataSet(const Axes& axes, Case c, std::vector<Case>* cases) {
  for (const std::string& name : axes.patterns) {
    c.pattern = workload::FindPattern(*c.layout, name);
    if (c.pattern == nullptr) {
      continue;
    }
    for (const Percent touch : axes.touch) {
      if (touch != Percent() && !c.pattern->takes_touch) {
        continue;
      }
      for (const int children : axes.children) {
        for (const Writer writer : axes.writers) {
          for (const workload::Order order : axes.orders) {
            if (order == workload::Order::kSequential ||
                c.layout->random_access) {
              c.touch = touch;
              c.children = children;
              c.writer = writer;
              c.order = order;
              cases->push_back(c);
            }
          }
        }
      }
    }
  }
}

}  // namespace

std::string Case::Id() const {
  return IdWith(*this, absl::StrCat("/", allocator->name));
}

std::string Case::IdWithoutAllocator() const { return IdWith(*this, ""); }

std::string Case::DataSet() const {
  return absl::StrCat(allocator->name, "/", std::string(layout->name), "/",
                      size, "/", static_cast<int>(huge_pages));
}

workload::Touch Case::touched() const {
  const uint64_t elements = layout->element_count(size);
  return {.elements = elements, .touched = PartOf(touch, elements)};
}

absl::StatusOr<Axes> PresetAxes(absl::string_view preset,
                                workload::Catalog catalog,
                                const std::vector<Allocator>& allocators,
                                absl::Span<const Preset> own) {
  Axes axes;
  for (const workload::LayoutEntry& layout : catalog) {
    AddIfAbsent(layout.name, &axes.layouts);
    for (const workload::PatternEntry& pattern : layout.patterns) {
      AddIfAbsent(pattern.name, &axes.patterns);
    }
  }
  for (const Allocator& allocator : allocators) {
    AddIfAbsent(allocator.name, &axes.allocators);
  }
  axes.touch = {Percent()};
  axes.children = {1};
  axes.writers = {Writer::kChild};
  axes.orders = {workload::Order::kSequential};
  axes.huge_pages = {HugePages::kSystem};
  axes.sizes = {64 * kKiB, kMiB, 16 * kMiB};
  if (preset == "smoke") {
    axes.sizes = {64 * kKiB, kMiB};
  } else if (preset == "full") {
    axes.sizes = {64 * kKiB, kMiB, 16 * kMiB, 256 * kMiB, 1024 * kMiB};
    axes.children = {1, 4};
    axes.writers = {Writer::kChild, Writer::kParent};
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
      if (layout.element_count(size) == 0) {
        continue;
      }
      for (const std::string& allocator_name : axes.allocators) {
        const auto allocator = std::find_if(
            allocators.begin(), allocators.end(),
            [&](const Allocator& a) { return a.name == allocator_name; });
        for (const HugePages huge_pages : axes.huge_pages) {
          AddCasesOfDataSet(axes,
                            {.allocator = &*allocator,
                             .layout = &layout,
                             .size = size,
                             .huge_pages = huge_pages},
                            &cases);
        }
      }
    }
  }
  return cases;
}

}  // namespace cowbench
