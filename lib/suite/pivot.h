// What was copied under each allocator, side by side.
#ifndef COWBENCH_LIB_SUITE_PIVOT_H_
#define COWBENCH_LIB_SUITE_PIVOT_H_

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "lib/suite/matrix.h"

namespace cowbench {

class Pivot {
 public:
  // `cases` are those that will run.
  explicit Pivot(const std::vector<Case>& cases);

  // What one repetition of a case copied, or the mean of several.
  void Add(const std::string& case_id, double copied_bytes);

  // A row for each group of cases that differ in the allocator alone, under a
  // heading for each size; only where allocators differ, unless `all_rows`, and
  // the others are counted. Empty: there is nothing to compare.
  std::string Text(bool all_rows) const;

 private:
  struct Mean {
    double sum = 0;
    int count = 0;
  };
  struct Row {
    std::string name;                 // layout and pattern
    std::vector<double> values = {};  // of each allocator; NaN: not measured
  };
  struct Group {
    std::string name;  // size, and the axes that are not at their default
    std::vector<Row> rows = {};
  };

  std::vector<Group> Groups() const;
  std::string RowText(const Row& row, size_t name_width) const;

  const std::vector<Case>& cases_;
  std::vector<std::string> allocators_;
  std::map<std::string, Mean> copied_bytes_;  // by case id
};

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_PIVOT_H_
