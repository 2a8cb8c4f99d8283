// How the values of flags are read: each parser returns a value, or an error
// that quotes the text and says what is accepted.
#ifndef COWBENCH_LIB_SUITE_FLAG_VALUES_H_
#define COWBENCH_LIB_SUITE_FLAG_VALUES_H_

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"

namespace cowbench {

// The error, with the flag's name in front.
inline absl::Status Invalid(absl::string_view flag, absl::string_view message) {
  return absl::InvalidArgumentError(absl::StrCat("--", flag, ": ", message));
}

// A parser of the names that are known.
inline auto OneOf(std::vector<std::string> known) {
  return [known = std::move(known)](
             absl::string_view name) -> absl::StatusOr<std::string> {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "'", name, "' is not one of: ", absl::StrJoin(known, ", ")));
    }
    return std::string(name);
  };
}

// A parser of names that stand for values.
template <typename Value>
auto Choice(std::vector<std::pair<std::string, Value>> known) {
  return [known = std::move(known)](
             absl::string_view name) -> absl::StatusOr<Value> {
    for (const auto& [known_name, value] : known) {
      if (name == known_name) {
        return value;
      }
    }
    return absl::InvalidArgumentError(absl::StrCat(
        "'", name, "' is not one of: ",
        absl::StrJoin(known, ", ", [](std::string* out, const auto& item) {
          absl::StrAppend(out, item.first);
        })));
  };
}

inline auto WholeNumber(int low, int high) {
  return [low, high](absl::string_view text) -> absl::StatusOr<int> {
    int number = 0;
    if (!absl::SimpleAtoi(text, &number) || number < low || number > high) {
      return absl::InvalidArgumentError(absl::StrCat(
          "'", text, "' is not a whole number from ", low, " to ", high));
    }
    return number;
  };
}

inline absl::Status CheckOneOf(absl::string_view flag, absl::string_view value,
                               std::vector<std::string> accepted) {
  const absl::Status status = OneOf(std::move(accepted))(value).status();
  return status.ok() ? status : Invalid(flag, status.message());
}

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_FLAG_VALUES_H_
