#include "lib/suite/console_reporter.h"

#include <algorithm>
#include <ostream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "lib/base/units.h"

namespace cowbench {
namespace {

constexpr int kColumnWidth = 9;  // with a space: "1.23 MiB", "metadata"

// The columns when there is no room for all, the most important first.
constexpr absl::string_view kImportant[] = {
    "copied_bytes",          "fork_time",     "access_time", "minor_faults",
    "copied_metadata_bytes", "fork_tax_bytes"};

std::string Right(const std::string& text) {
  return absl::StrFormat(" %*s", kColumnWidth - 1, text);
}

std::string Left(const std::string& text, size_t width) {
  return absl::StrFormat("%-*s", static_cast<int>(width), text);
}

std::string InUnit(double value, Unit unit) {
  switch (unit) {
    case Unit::kBytes:
      return HumanBytes(value);
    case Unit::kFaults:
    case Unit::kCount:
      return HumanCount(value);
    case Unit::kRatio:
      return value < 100 ? absl::StrFormat("%.3gx", value)
                         : absl::StrFormat("%.0fx", value);
    case Unit::kSeconds:
      return HumanSeconds(value);
  }
  return "";
}

// The axes at the end of all ids, but without layout, pattern and allocator.
std::string CommonEnd(const std::vector<Case>& cases) {
  std::string end = cases.empty() ? "" : cases[0].Id();
  for (const Case& c : cases) {
    const std::string id = c.Id();
    while (!absl::EndsWith(id, end)) {
      end = end.substr(1);
    }
  }
  const size_t size = end.find("/size:");
  const size_t begin = end.find('/', size == end.npos ? 0 : size);
  return begin == end.npos ? "" : end.substr(begin);
}

std::vector<const CounterEntry*> ColumnsThatFit(size_t room) {
  std::vector<const CounterEntry*> columns;
  for (const absl::string_view name : kImportant) {
    for (const CounterEntry& entry : Counters()) {
      if (entry.name == name &&
          (columns.empty() || (columns.size() + 1) * kColumnWidth <= room)) {
        columns.push_back(&entry);
      }
    }
  }
  return columns;
}

std::vector<const CounterEntry*> AllColumns() {
  std::vector<const CounterEntry*> columns;
  for (const CounterEntry& entry : Counters()) {
    if (entry.shown == Shown::kAlways) {
      columns.push_back(&entry);
    }
  }
  return columns;
}

}  // namespace

ConsoleReporter::ConsoleReporter(const std::vector<Case>& cases,
                                 bool has_aggregates, Table table, size_t width)
    : table_(table), width_(width), pivot_(cases) {
  constexpr size_t kAggregateSuffix = 7;  // "_median", "_stddev"
  constexpr size_t kFewColumns = 3;
  for (const Case& c : cases) {
    id_width_ = std::max(id_width_, c.Id().size());
  }
  id_width_ += has_aggregates ? kAggregateSuffix : 0;
  if (table == Table::kFull) {
    columns_ = AllColumns();
    return;
  }
  if (id_width_ + kFewColumns * kColumnWidth > width) {
    common_end_ = CommonEnd(cases);
    id_width_ -= common_end_.size();
  }
  columns_ = ColumnsThatFit(width - std::min(width, id_width_));
}

bool ConsoleReporter::ReportContext(const Context&) {
  if (table_ == Table::kNone) {
    return true;
  }
  if (!common_end_.empty()) {
    GetOutputStream() << "All case ids end in " << common_end_ << "\n\n";
  }
  std::string heading = Left("case", id_width_);
  for (const CounterEntry* const entry : columns_) {
    heading += Right(entry->heading);
  }
  GetOutputStream() << heading << "\n"
                    << std::string(heading.size(), '-') << std::endl;
  return true;
}

void ConsoleReporter::ReportRuns(const std::vector<Run>& runs) {
  for (const Run& run : runs) {
    if (table_ != Table::kNone) {
      PrintRow(run);
    }
    if (!Failed(run) &&
        (run.run_type == Run::RT_Iteration || run.aggregate_name == "mean")) {
      pivot_.Add(run.run_name.function_name, run.counters.at("copied_bytes"));
    }
  }
  GetOutputStream().flush();
}

void ConsoleReporter::PrintRow(const Run& run) {
  std::string id = IdOf(run);
  id.erase(run.run_name.function_name.size() - common_end_.size(),
           common_end_.size());
  std::string row = Left(id, id_width_);
  if (Failed(run)) {
    absl::StrAppend(&row, "  ERROR: ", FailureMessage(run));
    // Standard error has the whole message.
    if (table_ == Table::kFit && row.size() > width_) {
      row.resize(width_ - std::min<size_t>(width_, 3));
      row += "...";
    }
    GetOutputStream() << row << "\n";
    return;
  }
  const auto cell = [&run](const CounterEntry& entry) -> std::string {
    const auto counter = run.counters.find(entry.name);
    return counter == run.counters.end() ? ""
           : run.aggregate_unit == benchmark::kPercentage
               ? absl::StrFormat("%.2f%%", 100 * counter->second.value)
               : InUnit(counter->second, entry.unit);
  };
  for (const CounterEntry* const entry : columns_) {
    row += Right(cell(*entry));
  }
  std::string note;
  for (const CounterEntry& entry : Counters()) {
    const auto counter = run.counters.find(entry.name);
    if (entry.shown == Shown::kNotZero && counter != run.counters.end() &&
        counter->second != 0) {
      absl::StrAppend(&note, "  ", cell(entry), " ", entry.name);
    }
  }
  if (!run.report_label.empty()) {
    absl::StrAppend(&note, "  ", run.report_label);
  }
  const bool fits = table_ != Table::kFit || row.size() + note.size() <= width_;
  GetOutputStream() << row << (fits ? "" : "\n    ") << note << "\n";
}

void ConsoleReporter::Finalize() {
  if (table_ != Table::kNone) {
    GetOutputStream() << pivot_.Text(table_ == Table::kFull) << std::flush;
  }
}

}  // namespace cowbench
