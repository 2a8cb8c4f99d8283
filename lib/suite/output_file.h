// The file of --benchmark_out.
#ifndef COWBENCH_LIB_SUITE_OUTPUT_FILE_H_
#define COWBENCH_LIB_SUITE_OUTPUT_FILE_H_

#include <string>

#include "absl/status/status.h"

namespace cowbench {

// Watches the file, which Google Benchmark opens by its name.
class OutputFile {
 public:
  // Makes the file if there is none, and leaves its contents alone. Empty: no
  // file. Errors: kInvalidArgument when it cannot be written.
  absl::Status Check(const std::string& path);

  // Whether the file is gone, with the results, though it was there.
  bool removed() const { return had_name_ && !HasName(); }

 private:
  bool HasName() const;

  int descriptor_ = -1;  // open until the process ends
  bool had_name_ = false;
};

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_OUTPUT_FILE_H_
