// Parsers for the values of flags. Each returns a value, or an error that
// quotes the text and says what is accepted.
#ifndef COWBENCH_LIB_SUITE_FLAG_VALUES_H_
#define COWBENCH_LIB_SUITE_FLAG_VALUES_H_

#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"

namespace cowbench {

// An error with the flag's name in front.
inline absl::Status Invalid(absl::string_view flag, absl::string_view message) {
  return absl::InvalidArgumentError(absl::StrCat("--", flag, ": ", message));
}

// The result of a parser. An error gets the flag's name in front.
template <typename Value>
absl::StatusOr<Value> InFlag(absl::string_view flag,
                             absl::StatusOr<Value> value) {
  if (!value.ok()) {
    return Invalid(flag, value.status().message());
  }
  return value;
}

// A value that has a name.
template <typename Value>
struct Named {
  absl::string_view name;
  Value value;
};

template <typename Value>
absl::StatusOr<Value> ParseName(std::span<const Named<Value>> known,
                                absl::string_view name) {
  for (const Named<Value>& one : known) {
    if (one.name == name) {
      return one.value;
    }
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "'", name, "' is not one of: ",
      absl::StrJoin(known, ", ", [](std::string* out, const auto& one) {
        absl::StrAppend(out, one.name);
      })));
}

// The inverse; empty for a value without a name.
template <typename Value>
absl::string_view NameOf(std::span<const Named<Value>> known, Value value) {
  for (const Named<Value>& one : known) {
    if (one.value == value) {
      return one.name;
    }
  }
  return "";
}

// A parser that accepts one of these names.
inline auto OneOf(std::span<const std::string> known) {
  return [known](absl::string_view name) -> absl::StatusOr<std::string> {
    std::vector<Named<std::string>> named;
    for (const std::string& one : known) {
      named.push_back({one, one});
    }
    return ParseName(std::span<const Named<std::string>>(named), name);
  };
}

inline absl::StatusOr<int> ParseWholeNumber(int low, int high,
                                            absl::string_view text) {
  int number = 0;
  if (!absl::SimpleAtoi(text, &number) || number < low || number > high) {
    return absl::InvalidArgumentError(absl::StrCat(
        "'", text, "' is not a whole number from ", low, " to ", high));
  }
  return number;
}

// Accepts what Google Benchmark accepts, but refuses typing errors.
inline absl::StatusOr<bool> ParseBool(absl::string_view text) {
  static constexpr Named<bool> kValues[] = {
      {"true", true},   {"yes", true}, {"on", true},   {"1", true},
      {"false", false}, {"no", false}, {"off", false}, {"0", false}};
  return ParseName<bool>(kValues, absl::AsciiStrToLower(text));
}

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_FLAG_VALUES_H_
