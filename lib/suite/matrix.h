// The matrix of cases.
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

// The values to cross, in the order in which they run. All names are known, no
// list is empty, and no value is in a list twice.
struct Axes {
  std::vector<std::string> allocators;
  std::vector<std::string> layouts;
  std::vector<std::string> patterns;
  std::vector<uint64_t> sizes;
  // For layouts with one size of their own.
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

  // The key of the case in all results and scripts:
  // cow/<layout>/<pattern>/<allocator>/size:<size>, then each axis whose value
  // is not the default.
  std::string Id() const;
  // Cases with the same text can share a data set.
  std::string DataSet() const;
  uint64_t elements() const;
  workload::Touch touched() const;
  // Distinct bytes that the pattern stores to in one writer.
  uint64_t stored_bytes() const;
  // Whether the case changes the subject's memory for the next fork: the parent
  // runs a pattern that changes the heap, or writes to huge pages, which splits
  // them.
  bool SpoilsDataSet(bool in_huge_pages) const {
    return Get<axis::Writer>() != Writer::kChild &&
           (pattern->destroys || (pattern->writes && in_huge_pages));
  }
  int writer_count() const {
    return Get<axis::Writer>() == Writer::kChild ? Get<axis::Children>() : 1;
  }
  // How many processes run the pattern, measured or not.
  int runner_count() const {
    return Get<axis::Writer>() == Writer::kParentLast
               ? Get<axis::Children>() + 1
               : writer_count();
  }
};

// A preset of one suite only.
struct Preset {
  absl::string_view name;
  // Changes the axes of the default preset. May print a message on standard
  // error.
  void (*adjust)(Axes* axes);
};

// All names that there are.
Axes AllNames(workload::Catalog catalog,
              const std::vector<Allocator>& allocators);

// The axes of a preset, smoke, default, full or one of `own`. Errors:
// kInvalidArgument for an unknown one.
absl::StatusOr<Axes> PresetAxes(absl::string_view preset,
                                workload::Catalog catalog,
                                const std::vector<Allocator>& allocators,
                                absl::Span<const Preset> own = {});

// All points whose layout supports the pattern, has at least one element at the
// size, and is allowed by every axis. Cases with the same data set are next to
// each other. The cases point into `catalog` and `allocators`.
std::vector<Case> CasesOf(const Axes& axes, workload::Catalog catalog,
                          const std::vector<Allocator>& allocators);

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_MATRIX_H_
