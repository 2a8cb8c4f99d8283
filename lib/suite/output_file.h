// The file of --benchmark_out.
#ifndef COWBENCH_LIB_SUITE_OUTPUT_FILE_H_
#define COWBENCH_LIB_SUITE_OUTPUT_FILE_H_

#include <string>

#include "absl/status/status.h"

namespace cowbench {

// Checks that results can be written to the file, and that it still exists at
// the end. Google Benchmark itself opens it by its name.
class OutputFile {
 public:
  // Creates the file if it does not exist, and keeps its contents. An empty
  // path means no file. Errors: kInvalidArgument when it cannot be written.
  absl::Status Check(const std::string& path);

  // Whether the file has been removed, and the results with it.
  bool removed() const { return had_name_ && !HasName(); }

 private:
  bool HasName() const;

  int descriptor_ = -1;  // open until the process ends
  bool had_name_ = false;
};

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_OUTPUT_FILE_H_
