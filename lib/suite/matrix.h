// The axes of the matrix, and the cases they span.
#ifndef COWBENCH_LIB_SUITE_MATRIX_H_
#define COWBENCH_LIB_SUITE_MATRIX_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/suite/allocators.h"
#include "lib/suite/axes.h"
#include "lib/workload/workload.h"

namespace cowbench {

// What is crossed, in the order in which it is run. Names are known ones, no
// value is there twice, no list is empty.
struct Axes {
  std::vector<std::string> allocators;
  std::vector<std::string> layouts;
  std::vector<std::string> patterns;
  std::vector<uint64_t> sizes;
  // Of the layouts that have only one.
  std::map<std::string, uint64_t, std::less<>> size_of_layout = {};
  AllAxes::Values values = {};

  template <typename Axis>
  std::vector<typename Axis::Value>& Get() {
    return values.Get<Axis>();
  }
};

// One point of the matrix.
struct Case {
  const Allocator* allocator;
  const workload::LayoutEntry* layout;
  const workload::PatternEntry* pattern = nullptr;
  uint64_t size;
  AllAxes::Point point = {};

  template <typename Axis>
  const typename Axis::Value& Get() const {
    return point.Get<Axis>();
  }

  // The key of the case in every script:
  // cow/<layout>/<pattern>/<allocator>/size:<size>, then each axis whose value
  // is not the default.
  std::string Id() const;
  // Cases of which this is the same can share a data set.
  std::string DataSet() const;
  workload::Touch touched() const;
  // Whether the case leaves other memory behind: the parent has run a pattern
  // that changes the heap, or has written to huge pages, which splits them.
  bool SpoilsDataSet(bool in_huge_pages) const {
    return Get<axis::Writer>() == Writer::kParent &&
           (pattern->destroys || (pattern->writes && in_huge_pages));
  }
  int writer_count() const {
    return Get<axis::Writer>() == Writer::kChild ? Get<axis::Children>() : 1;
  }
};

// A preset that only one suite has.
struct Preset {
  absl::string_view name;
  // Changes the axes, which are those of the default preset. May tell the user
  // about it on standard error.
  void (*adjust)(Axes* axes);
};

// The axes of a preset, smoke, default, full or one of `own`. Errors:
// kInvalidArgument for an unknown one.
absl::StatusOr<Axes> PresetAxes(absl::string_view preset,
                                workload::Catalog catalog,
                                const std::vector<Allocator>& allocators,
                                absl::Span<const Preset> own = {});

// All points whose layout supports the pattern, has an element at the size, and
// is allowed by every axis. Cases that share a data set stand together. The
// cases point into `catalog` and `allocators`.
std::vector<Case> CasesOf(const Axes& axes, workload::Catalog catalog,
                          const std::vector<Allocator>& allocators);

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_MATRIX_H_
