// Parses and prints sizes, percentages, times and counts.
#ifndef COWBENCH_LIB_BASE_UNITS_H_
#define COWBENCH_LIB_BASE_UNITS_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace cowbench {

// Parses "64KiB", "1MiB", "2GiB": a whole number above zero, no space.
// Errors: kInvalidArgument, saying what is accepted.
absl::StatusOr<uint64_t> ParseSize(absl::string_view text);

// The inverse of ParseSize(), in the largest unit that gives a whole number.
std::string FormatSize(uint64_t bytes);

// A part of a whole, in millionths of a percent.
struct Percent {
  static constexpr int64_t kOne = 1'000'000;
  int64_t millionths = 100 * kOne;

  friend bool operator==(const Percent&, const Percent&) = default;
};

// Parses a decimal number above 0 and up to 100, with up to six decimals.
// Errors: kInvalidArgument, saying what is accepted.
absl::StatusOr<Percent> ParsePercent(absl::string_view text);
// The inverse, without trailing zeros and without a percent sign.
std::string FormatPercent(Percent percent);
// That part of `whole`, rounded up, so that it is zero only if `whole` is.
uint64_t PartOf(Percent percent, uint64_t whole);

// For tables: three or four digits and a unit, such as "1.25 MiB", "0 B",
// "384 us".
std::string HumanBytes(double bytes);
std::string HumanSeconds(double seconds);
// A count, or the mean of several: two decimals unless it is whole.
std::string HumanCount(double count);

}  // namespace cowbench

#endif  // COWBENCH_LIB_BASE_UNITS_H_
