// The table that shows side by side what was copied under each allocator.
#ifndef COWBENCH_LIB_SUITE_PIVOT_H_
#define COWBENCH_LIB_SUITE_PIVOT_H_

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/string_view.h"
#include "lib/suite/matrix.h"

namespace cowbench {

class Pivot {
 public:
  // `cases` are those that will run.
  explicit Pivot(const std::vector<Case>& cases);

  // Adds the copied bytes of one repetition of a case, or the mean of several.
  void Add(const std::string& case_id, double copied_bytes);

  // The table: a row for cases that differ only in the allocator, and a heading
  // for each size. Unless `all_rows`, it has only rows in which allocators
  // differ, at each layout's largest size, and the number of all others. Empty
  // if there is nothing to compare.
  std::string Text(bool all_rows) const;

 private:
  struct Mean {
    double sum = 0;
    int count = 0;
  };
  struct Row {
    std::string name;                 // layout and pattern
    std::vector<double> values = {};  // of each allocator; NaN: not measured
    bool is_largest = false;          // the largest size of its layout
  };
  struct Group {
    std::string name;  // size, the axes that vary or are not at their default
    std::vector<Row> rows = {};
  };

  std::vector<Group> Groups() const;
  std::string RowText(const Row& row, size_t name_width) const;

  const std::vector<Case>& cases_;
  std::vector<std::string> allocators_;
  std::set<absl::string_view> varying_;              // axes, by name
  std::map<std::string_view, size_t> largest_size_;  // by layout
  std::map<std::string, Mean> copied_bytes_;         // by case id
};

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_PIVOT_H_
