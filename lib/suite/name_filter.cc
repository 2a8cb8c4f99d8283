#include "lib/suite/name_filter.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace cowbench {
namespace {

// A text for a message, which must not be too long.
std::string Shown(const std::string& text) {
  constexpr size_t kMost = 80;
  return text.size() <= kMost ? text
                              : absl::StrCat(text.substr(0, kMost), "... (",
                                             text.size(), " bytes)");
}

}  // namespace

absl::StatusOr<NameFilter> NameFilter::Parse(const std::string& text) {
  NameFilter filter;
  filter.text_ = text;
  if (text.empty() || text == "all") {
    return filter;
  }
  filter.negative_ = absl::StartsWith(text, "-");
  filter.expression_ =
      std::make_unique<RE2>(text.substr(filter.negative_ ? 1 : 0), RE2::Quiet);
  if (!filter.expression_->ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--benchmark_filter: '", Shown(text),
                     "' is not a regular expression of RE2: ",
                     Shown(filter.expression_->error())));
  }
  return filter;
}

bool NameFilter::Selects(absl::Span<const std::string> names) const {
  const auto matches = [this](const std::string& name) {
    return RE2::PartialMatch(name, *expression_);
  };
  return expression_ == nullptr ||
         std::any_of(names.begin(), names.end(), matches) != negative_;
}

absl::Status NameFilter::SelectsNone(size_t count) const {
  return absl::InvalidArgumentError(
      absl::StrCat("--benchmark_filter: '", Shown(text_), "' matches none of ",
                   count, " cases; --benchmark_list_tests shows them"));
}

}  // namespace cowbench
