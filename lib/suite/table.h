// How much of the table on the terminal to print.
#ifndef COWBENCH_LIB_SUITE_TABLE_H_
#define COWBENCH_LIB_SUITE_TABLE_H_

namespace cowbench {

enum class Table {
  kFit,   // the columns that fit, and the rows where allocators differ
  kFull,  // all
  kNone,
};

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_TABLE_H_
