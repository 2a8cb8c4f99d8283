#include "lib/suite/csv_reporter.h"

#include <ostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "lib/suite/counters.h"

namespace cowbench {
namespace {

std::string Quoted(const std::string& text) {
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\"");
}

// As many digits as it takes to read the same number back.
std::string Exact(double value) { return absl::StrFormat("%.17g", value); }

}  // namespace

bool CsvReporter::ReportContext(const Context&) {
  std::ostream& out = GetOutputStream();
  out << "name,iterations,real_time,cpu_time,time_unit,bytes_per_second,"
         "items_per_second,label,error_occurred,error_message";
  for (const CounterEntry& entry : Counters()) {
    out << ",\"" << entry.name << "\"";
  }
  out << std::endl;
  return true;
}

void CsvReporter::ReportRuns(const std::vector<Run>& runs) {
  std::ostream& out = GetOutputStream();
  for (const Run& run : runs) {
    out << Quoted(run.benchmark_name()) << ",";
    if (Failed(run)) {
      out << ",,,,,,,true," << Quoted(FailureMessage(run))
          << std::string(Counters().size(), ',') << "\n";
      continue;
    }
    out << run.iterations << "," << Exact(run.GetAdjustedRealTime()) << ","
        << Exact(run.GetAdjustedCPUTime()) << ","
        << benchmark::GetTimeUnitString(run.time_unit) << ",,,"
        << Quoted(run.report_label) << ",,";
    for (const CounterEntry& entry : Counters()) {
      const auto counter = run.counters.find(entry.name);
      out << ",";
      if (counter != run.counters.end()) {
        out << Exact(counter->second);
      }
    }
    out << "\n";
  }
  out.flush();
}

}  // namespace cowbench
