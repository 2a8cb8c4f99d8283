// Command line flags: "--name=value", "--name value", and "--name" alone for a
// switch. Lists such as that of the axes define the flags, so they cannot be
// variables like Abseil's flags.
#ifndef COWBENCH_LIB_SUITE_FLAGS_H_
#define COWBENCH_LIB_SUITE_FLAGS_H_

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace cowbench {

struct Flag {
  absl::string_view name;
  absl::string_view shown_value;  // what --help shows after the equals sign
  absl::string_view help;
  bool is_switch = false;  // true or false
};

// The text in lines that fit a terminal of 80 columns, each indented.
std::string Wrapped(absl::string_view text, size_t indent);

class Flags {
 public:
  explicit Flags(std::vector<Flag> known) : known_(std::move(known)) {}

  // Reads the first of `arguments`, and the second one if that is its value.
  // Returns how many arguments it read. Errors: kInvalidArgument.
  absl::StatusOr<int> Read(absl::Span<char* const> arguments);

  // The value that was given last; none if the flag was not given.
  std::optional<std::string> Get(absl::string_view name) const;
  // All values, in the order given.
  std::vector<std::string> GetAll(absl::string_view name) const;
  bool IsOn(absl::string_view name) const { return Get(name) == "true"; }

  // One entry for each flag, in the order of the list.
  std::string Help() const;

 private:
  std::vector<Flag> known_;
  std::multimap<std::string, std::string, std::less<>> given_;
};

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_FLAGS_H_
