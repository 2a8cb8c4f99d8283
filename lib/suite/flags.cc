#include "lib/suite/flags.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"
#include "lib/suite/flag_values.h"

namespace cowbench {

std::string Wrapped(absl::string_view text, size_t indent) {
  constexpr size_t kWidth = 79;
  std::string lines;
  size_t column = kWidth;
  for (const absl::string_view word : absl::StrSplit(text, ' ')) {
    if (column + 1 + word.size() > kWidth) {
      absl::StrAppend(&lines, lines.empty() ? "" : "\n",
                      std::string(indent, ' '), word);
      column = indent + word.size();
    } else {
      absl::StrAppend(&lines, " ", word);
      column += 1 + word.size();
    }
  }
  return lines + "\n";
}

absl::StatusOr<int> Flags::Read(absl::Span<char* const> arguments) {
  const absl::string_view argument = arguments[0];
  const size_t equals = argument.find('=');
  absl::string_view name = argument.substr(0, equals);
  const auto flag =
      absl::ConsumePrefix(&name, "--")
          ? std::find_if(known_.begin(), known_.end(),
                         [&](const Flag& known) { return known.name == name; })
          : known_.end();
  if (flag == known_.end()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "'", argument, "': there is no such flag; --help shows all flags"));
  }
  int read = 1;
  std::string value;
  if (equals != argument.npos) {
    value = std::string(argument.substr(equals + 1));
  } else if (flag->is_switch) {
    value = "true";
  } else if (arguments.size() > 1 && !absl::StartsWith(arguments[1], "--")) {
    value = arguments[1];
    read = 2;
  } else {
    return Invalid(name, "a value is missing");
  }
  if (flag->is_switch) {
    COWBENCH_ASSIGN_OR_RETURN(const bool on, InFlag(name, ParseBool(value)));
    value = on ? "true" : "false";
  }
  given_.emplace(name, value);
  return read;
}

std::optional<std::string> Flags::Get(absl::string_view name) const {
  const std::vector<std::string> values = GetAll(name);
  return values.empty() ? std::nullopt : std::optional(values.back());
}

std::vector<std::string> Flags::GetAll(absl::string_view name) const {
  std::vector<std::string> values;
  const auto [begin, end] = given_.equal_range(name);
  for (auto given = begin; given != end; ++given) {
    values.push_back(given->second);
  }
  return values;
}

std::string Flags::Help() const {
  std::string help;
  for (const Flag& flag : known_) {
    absl::StrAppend(&help, "  --", flag.name, flag.is_switch ? "" : "=",
                    flag.shown_value, "\n", Wrapped(flag.help, 6));
  }
  return help;
}

}  // namespace cowbench
