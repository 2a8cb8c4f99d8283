#include "lib/base/units.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace cowbench {
namespace {

struct Unit {
  const char* name;
  double value;
};

constexpr std::array kByteUnits = {
    Unit{"B", 1},
    Unit{"KiB", 1024.0},
    Unit{"MiB", 1024.0 * 1024},
    Unit{"GiB", 1024.0 * 1024 * 1024},
    Unit{"TiB", 1024.0 * 1024 * 1024 * 1024},
};
constexpr std::array kTimeUnits = {Unit{"ns", 1e-9}, Unit{"us", 1e-6},
                                   Unit{"ms", 1e-3}, Unit{"s", 1}};

std::string Print(const char* format, double value) {
  char text[64];
  snprintf(text, sizeof(text), format, value);
  return text;
}

// Three significant digits; more only if a number above 999 has them.
std::string ThreeDigits(double value) {
  if (value == std::floor(value) || value >= 100) {
    return Print("%.0f", value);
  }
  return Print(value >= 10 ? "%.1f" : "%.2f", value);
}

template <size_t N>
std::string WithUnit(double value, const std::array<Unit, N>& units) {
  size_t i = 0;
  while (i + 1 < N && std::abs(value) >= units[i + 1].value) {
    ++i;
  }
  return absl::StrCat(ThreeDigits(value / units[i].value), " ", units[i].name);
}

bool IsNumber(absl::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

struct SizeUnit {
  absl::string_view name;
  int shift;
};
constexpr SizeUnit kSizeUnits[] = {{"KiB", 10}, {"MiB", 20}, {"GiB", 30}};

// Whether `unit` is "KiB" as people also write it: "k", "KB", "kib".
bool IsSpellingOf(absl::string_view name, absl::string_view unit) {
  const absl::string_view letter = name.substr(0, 1);
  return absl::EqualsIgnoreCase(unit, letter) ||
         absl::EqualsIgnoreCase(unit, absl::StrCat(letter, "B")) ||
         absl::EqualsIgnoreCase(unit, name);
}

}  // namespace

absl::StatusOr<uint64_t> ParseSize(absl::string_view text) {
  const size_t digits =
      std::min(text.find_first_not_of("0123456789"), text.size());
  const absl::string_view number_text = text.substr(0, digits);
  const absl::string_view unit = text.substr(digits);
  int shift = 0;
  for (const auto& [name, bits] : kSizeUnits) {
    if (unit == name) {
      shift = bits;
    } else if (digits > 0 && IsSpellingOf(name, unit)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "'", text, "' must have the unit KiB, MiB or GiB: ", number_text,
          name));
    }
  }
  uint64_t number = 0;
  const bool fits = absl::SimpleAtoi(number_text, &number);
  if (shift == 0 || digits == 0 || (fits && number == 0)) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", text,
                     "' is not a whole number above zero followed by KiB, MiB "
                     "or GiB"));
  }
  if (!fits || number > (uint64_t{1} << 50 >> shift)) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", text, "' is more than 1048576GiB"));
  }
  return number << shift;
}

std::string FormatSize(uint64_t bytes) {
  constexpr uint64_t kKiB = 1024;
  const char* unit = "KiB";
  bytes /= kKiB;
  for (const char* larger : {"MiB", "GiB"}) {
    if (bytes % kKiB == 0) {
      bytes /= kKiB;
      unit = larger;
    } else {
      break;
    }
  }
  return absl::StrCat(bytes, unit);
}

absl::StatusOr<Percent> ParsePercent(absl::string_view text) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits('.', 1));
  const bool has_point = text.find('.') != text.npos;
  int64_t whole = 0;
  int64_t millionths = 0;
  const std::string decimals =
      absl::StrCat(parts.second, std::string(6, '0')).substr(0, 6);
  const bool valid = IsNumber(parts.first) && parts.first.size() <= 3 &&
                     has_point == IsNumber(parts.second) &&
                     parts.second.size() <= 6 &&
                     absl::SimpleAtoi(parts.first, &whole) &&
                     absl::SimpleAtoi(decimals, &millionths);
  const Percent percent = {whole * Percent::kOne + millionths};
  if (!valid || percent.millionths == 0 ||
      percent.millionths > 100 * Percent::kOne) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", text,
                     "' is not a percentage above 0 and up to 100 with up to "
                     "six decimals"));
  }
  return percent;
}

std::string FormatPercent(Percent percent) {
  std::string text =
      Print("%.6f", static_cast<double>(percent.millionths) / Percent::kOne);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') {
    text.pop_back();
  }
  return text;
}

uint64_t PartOf(Percent percent, uint64_t whole) {
  __extension__ using Wide = unsigned __int128;
  constexpr auto kHundred = static_cast<uint64_t>(100 * Percent::kOne);
  const Wide product = Wide{whole} * static_cast<uint64_t>(percent.millionths);
  return static_cast<uint64_t>((product + kHundred - 1) / kHundred);
}

std::string HumanBytes(double bytes) { return WithUnit(bytes, kByteUnits); }

std::string HumanSeconds(double seconds) {
  return WithUnit(seconds, kTimeUnits);
}

std::string HumanCount(double count) {
  return count == std::floor(count) ? Print("%.0f", count)
                                    : Print("%.2f", count);
}

}  // namespace cowbench
