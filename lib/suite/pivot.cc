#include "lib/suite/pivot.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "lib/base/units.h"
#include "lib/probe/mappings.h"
#include "lib/suite/axes.h"

namespace cowbench {
namespace {

constexpr size_t kCellWidth = 9;  // of "1.23 MiB*"

// Small differences come from the few pages that data shares with the
// allocator's own data. scripts/findings/cases.py has the same rule.
bool Alike(double least, double most) {
  constexpr double kFewPages = 4;
  constexpr double kAlike = 1.05;
  return most - least <= kFewPages * static_cast<double>(probe::PageSize()) ||
         most <= kAlike * least;
}

struct Range {
  double least = std::numeric_limits<double>::infinity();
  double most = 0;
  int measured = 0;
};

Range RangeOf(const std::vector<double>& values) {
  Range range;
  for (const double value : values) {
    if (!std::isnan(value)) {
      range.least = std::min(range.least, value);
      range.most = std::max(range.most, value);
      ++range.measured;
    }
  }
  return range;
}

// The title says who copied: children, parents, or both in different cases.
std::string Title(const std::vector<Case>& cases) {
  const auto by_child = [](const Case& c) {
    return c.Get<axis::Writer>() == Writer::kChild;
  };
  return absl::StrCat(
      "Bytes copied ",
      std::all_of(cases.begin(), cases.end(), by_child)    ? "per child"
      : std::none_of(cases.begin(), cases.end(), by_child) ? "by the parent"
                                                           : "by each writer",
      "; * marks the least, give or take 5 % or 4 pages\n");
}

template <typename Named>
Named& FindOrAdd(const std::string& name, std::vector<Named>* list) {
  const auto found =
      std::find_if(list->begin(), list->end(),
                   [&](const Named& one) { return one.name == name; });
  if (found != list->end()) {
    return *found;
  }
  list->push_back({.name = name});
  return list->back();
}

std::string Right(const std::string& text, size_t width) {
  return absl::StrFormat(" %*s", static_cast<int>(width), text);
}

}  // namespace

Pivot::Pivot(const std::vector<Case>& cases) : cases_(cases) {
  AllAxes::ForEach([this]<typename Axis>(std::type_identity<Axis>) {
    if (std::any_of(cases_.begin(), cases_.end(), [this](const Case& c) {
          return c.Get<Axis>() != cases_.front().Get<Axis>();
        })) {
      varying_.insert(Axis::kName);
    }
  });
  for (const Case& c : cases) {
    size_t& largest = largest_size_[c.layout->name];
    largest = std::max(largest, c.size);
    if (std::find(allocators_.begin(), allocators_.end(), c.allocator->name) ==
        allocators_.end()) {
      allocators_.push_back(c.allocator->name);
    }
  }
}

void Pivot::Add(const std::string& case_id, double copied_bytes) {
  Mean& mean = copied_bytes_[case_id];
  mean.sum += copied_bytes;
  ++mean.count;
}

std::vector<Pivot::Group> Pivot::Groups() const {
  std::vector<Group> groups;
  for (const Case& c : cases_) {
    Group& group = FindOrAdd(
        absl::StrCat("size:", FormatSize(c.size), c.point.InId(varying_)),
        &groups);
    Row& row = FindOrAdd(absl::StrCat(std::string(c.layout->name), "/",
                                      std::string(c.pattern->name)),
                         &group.rows);
    row.is_largest = c.size == largest_size_.at(c.layout->name);
    row.values.resize(allocators_.size(),
                      std::numeric_limits<double>::quiet_NaN());
    const auto found = copied_bytes_.find(c.Id());
    if (found != copied_bytes_.end()) {
      const auto column =
          std::find(allocators_.begin(), allocators_.end(), c.allocator->name) -
          allocators_.begin();
      row.values[static_cast<size_t>(column)] =
          found->second.sum / found->second.count;
    }
  }
  return groups;
}

std::string Pivot::Text(bool all_rows) const {
  if (allocators_.size() < 2) {
    return "";
  }
  std::vector<Group> groups = Groups();
  int compared = 0;
  int alike = 0;
  int smaller = 0;
  size_t name_width = 0;
  for (Group& group : groups) {
    std::erase_if(group.rows, [&](const Row& row) {
      const Range range = RangeOf(row.values);
      const bool is_alike = Alike(range.least, range.most);
      compared += range.measured > 1;
      alike += range.measured > 1 && is_alike;
      smaller += range.measured > 1 && !is_alike && !row.is_largest;
      return !all_rows && (range.measured < 2 || is_alike || !row.is_largest);
    });
    for (const Row& row : group.rows) {
      name_width = std::max(name_width, row.name.size());
    }
  }
  std::string text;
  for (const Group& group : groups) {
    if (group.rows.empty()) {
      continue;
    }
    absl::StrAppend(&text, "\n", group.name);
    const bool fits = group.name.size() <= name_width;
    absl::StrAppend(
        &text, fits ? "" : "\n",
        std::string(name_width - (fits ? group.name.size() : 0), ' '));
    for (const std::string& allocator : allocators_) {
      // Right-aligned with the digits, not with the mark.
      absl::StrAppend(&text, Right(allocator, kCellWidth - 1), " ");
    }
    while (text.back() == ' ') {
      text.pop_back();
    }
    text += "\n";
    for (const Row& row : group.rows) {
      text += RowText(row, name_width);
    }
  }
  if (!text.empty()) {
    text = absl::StrCat("\n", Title(cases_), text);
  }
  if (alike > 0) {
    absl::StrAppend(&text, "\n", alike, " of ", compared,
                    compared == 1 ? " row is" : " rows are",
                    " alike under all allocators",
                    all_rows ? ".\n" : ": not shown.\n");
  }
  if (smaller > 0 && !all_rows) {
    absl::StrAppend(&text, alike > 0 ? "" : "\n", smaller,
                    smaller == 1 ? " row" : " rows",
                    " of smaller sizes: --table=full.\n");
  }
  return text;
}

std::string Pivot::RowText(const Row& row, size_t name_width) const {
  std::string text =
      absl::StrCat(row.name, std::string(name_width - row.name.size(), ' '));
  const Range range = RangeOf(row.values);
  const bool marked = range.measured > 1 && !Alike(range.least, range.most);
  for (size_t i = 0; i < row.values.size(); ++i) {
    const double value = row.values[i];
    const std::string cell =
        std::isnan(value)
            ? "- "
            : absl::StrCat(HumanBytes(value),
                           marked && Alike(range.least, value) ? "*" : " ");
    text += Right(cell, std::max(kCellWidth, allocators_[i].size() + 1));
  }
  return absl::StrCat(text.substr(0, text.find_last_not_of(' ') + 1), "\n");
}

}  // namespace cowbench
