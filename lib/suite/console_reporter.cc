#include "lib/suite/console_reporter.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <ostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "lib/base/units.h"
#include "lib/suite/counters.h"

namespace cowbench {
namespace {

constexpr size_t kColumnWidth = 10;
constexpr size_t kSummaryColumnWidth = 13;

std::string Right(const std::string& text, size_t width) {
  return std::string(width - std::min(width, text.size()), ' ') + text;
}

std::string Left(const std::string& text, size_t width) {
  return text + std::string(width - std::min(width, text.size()), ' ');
}

std::string InUnit(double value, Unit unit) {
  switch (unit) {
    case Unit::kBytes:
      return HumanBytes(value);
    case Unit::kFaults:
      return HumanCount(value);
    case Unit::kRatio:
      return absl::StrFormat("%.3gx", value);
    case Unit::kSeconds:
      return HumanSeconds(value);
  }
  return "";
}

}  // namespace

ConsoleReporter::ConsoleReporter(const std::vector<Case>& cases)
    : cases_(cases) {
  constexpr size_t kAggregateSuffix = 7;  // "_median", "_stddev"
  for (const Case& c : cases) {
    id_width_ = std::max(id_width_, c.Id().size() + kAggregateSuffix);
    if (std::find(allocators_.begin(), allocators_.end(), c.allocator->name) ==
        allocators_.end()) {
      allocators_.push_back(c.allocator->name);
    }
  }
}

bool ConsoleReporter::ReportContext(const Context&) {
  std::string heading = Left("case", id_width_);
  for (const CounterEntry& entry : Counters()) {
    if (entry.shown == Shown::kAlways) {
      heading += Right(entry.heading, kColumnWidth);
    }
  }
  GetOutputStream() << heading << "\n"
                    << std::string(heading.size(), '-') << std::endl;
  return true;
}

void ConsoleReporter::ReportRuns(const std::vector<Run>& runs) {
  for (const Run& run : runs) {
    PrintRow(run);
    const std::string& id = run.run_name.function_name;
    if (!Failed(run) &&
        (run.run_type == Run::RT_Iteration || run.aggregate_name == "mean")) {
      Mean& mean = copied_bytes_[id];
      mean.sum += run.counters.at("copied_bytes");
      ++mean.count;
    }
  }
  GetOutputStream().flush();
}

void ConsoleReporter::PrintRow(const Run& run) {
  std::ostream& out = GetOutputStream();
  out << Left(IdOf(run), id_width_);
  if (Failed(run)) {
    out << "  ERROR: " << FailureMessage(run) << "\n";
    return;
  }
  std::string note;
  for (const CounterEntry& entry : Counters()) {
    const auto counter = run.counters.find(entry.name);
    std::string cell;
    if (counter != run.counters.end()) {
      const double value = counter->second;
      cell = run.aggregate_unit == benchmark::kPercentage
                 ? absl::StrFormat("%.2f%%", 100 * value)
                 : InUnit(value, entry.unit);
      if (entry.shown == Shown::kNotZero && value != 0) {
        absl::StrAppend(&note, "  ", cell, " ", entry.name);
      }
    }
    if (entry.shown == Shown::kAlways) {
      out << Right(cell, kColumnWidth);
    }
  }
  if (!run.report_label.empty()) {
    absl::StrAppend(&note, "  ", run.report_label);
  }
  out << note << "\n";
}

void ConsoleReporter::Finalize() {
  if (allocators_.size() > 1) {
    PrintSummary();
  }
  GetOutputStream().flush();
}

void ConsoleReporter::PrintSummary() {
  std::vector<std::string> rows;  // in the order of the cases
  std::map<std::string, std::vector<double>> values;  // NaN: not measured
  size_t row_width = 0;
  for (const Case& c : cases_) {
    const std::string row = c.IdWithoutAllocator();
    const auto [at, is_new] = values.try_emplace(
        row, allocators_.size(), std::numeric_limits<double>::quiet_NaN());
    if (is_new) {
      rows.push_back(row);
      row_width = std::max(row_width, row.size());
    }
    const auto found = copied_bytes_.find(c.Id());
    if (found != copied_bytes_.end()) {
      const auto column = static_cast<size_t>(
          std::find(allocators_.begin(), allocators_.end(), c.allocator->name) -
          allocators_.begin());
      at->second[column] = found->second.sum / found->second.count;
    }
  }
  std::ostream& out = GetOutputStream();
  out << "\nBytes copied per child; * marks the least, where they differ\n\n"
      << Left("", row_width);
  for (const std::string& allocator : allocators_) {
    out << Right(allocator, kSummaryColumnWidth) << " ";
  }
  out << "\n";
  for (const std::string& row : rows) {
    double least = std::numeric_limits<double>::infinity();
    double most = -least;
    for (const double value : values[row]) {  // a NaN changes neither
      least = std::min(least, value);
      most = std::max(most, value);
    }
    out << Left(row, row_width);
    for (const double value : values[row]) {
      out << Right(std::isnan(value) ? "-" : HumanBytes(value),
                   kSummaryColumnWidth)
          << (value == least && least < most ? "*" : " ");
    }
    out << "\n";
  }
}

}  // namespace cowbench
