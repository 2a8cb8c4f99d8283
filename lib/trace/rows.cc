#include "lib/trace/rows.h"

#include <cstdint>
#include <iostream>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "benchmark/benchmark.h"
#include "lib/base/printable.h"
#include "lib/suite/context.h"

namespace cowbench::trace {
namespace {

// The text as the contents of a JSON string, without the quotes.
std::string InJson(const std::string& text) {
  return absl::StrReplaceAll(Printable(text), {{"\\", "\\\\"}, {"\"", "\\\""}});
}

using Run = benchmark::BenchmarkReporter::Run;

// Seconds as whole nanoseconds, pages as bytes.
struct Counter {
  const char* name;
  const char* heading;
  const char* unit;
  const char* better;
  const char* meaning;
};

constexpr Counter kCounters[] = {
    {"copied_bytes", "copied", "bytes", "less",
     "Bytes of pages shared at the fork that the child copied, or that all "
     "processes copied."},
    {"peer_copied_bytes", "by parent", "bytes", "less",
     "Bytes of pages shared with the child that its parent copied while the "
     "child lived."},
    {"reused_bytes", "reused", "bytes", "",
     "Bytes of pages shared at the fork that were written to when nobody else "
     "had them any more."},
    {"fresh_bytes", "fresh", "bytes", "",
     "Bytes of pages that were absent at the fork and present at the end: not "
     "copies."},
    {"shared_bytes", "shared", "bytes", "",
     "Bytes of private memory that the child shared with its parent when it "
     "was born."},
    {"lost_ratio", "lost", "ratio", "less",
     "The part of the shared memory that the child copied."},
    {"zero_page_bytes", "zero page", "bytes", "",
     "The part of the copied bytes in pages that were only read before the "
     "fork."},
    {"unseen_bytes", "in doubt", "bytes", "less",
     "The part of the copied bytes that rests on no record of a fault and no "
     "frame number: pages that others may have left to the child, or an "
     "estimate of what was given back before the end."},
    {"kernel_copied_bytes", "kernel", "bytes", "less",
     "Bytes of all copies by the process in the kernel's own count, pages of "
     "files among them."},
    {"other_copied_bytes", "others", "bytes", "",
     "Bytes of other copies by the process: of its own children's shared "
     "memory, and of pages of files or the zero page that it mapped itself."},
    {"most_extra_bytes", "extra", "bytes", "less",
     "The largest memory that copies took up at one moment."},
    {"minor_faults", "minflt", "faults", "less", "Minor page faults."},
    {"major_faults", "majflt", "faults", "less", "Major page faults."},
    {"fork_time", "fork", "seconds", "less",
     "Time that the parent's fork took until the child's memory was "
     "complete."},
    {"life_time", "lived", "seconds", "", "Time from birth to end."},
};

std::string CountersAsJson() {
  std::string json = "[";
  for (const Counter& counter : kCounters) {
    absl::StrAppend(
        &json, json.size() == 1 ? "" : ",", R"({"name":")", counter.name,
        R"(","heading":")", counter.heading, R"(","unit":")", counter.unit,
        R"(","kind":")",
        absl::string_view(counter.unit) == "seconds" ? "time" : "count",
        R"(","better":")", counter.better, R"(","meaning":")", counter.meaning,
        R"("})");
  }
  return json + "]";
}

class RowMaker {
 public:
  RowMaker(const std::string& name, const Report& report, int repetition,
           int repetitions)
      : name_(name),
        report_(report),
        repetition_(repetition),
        repetitions_(repetitions) {}

  std::vector<Run> Rows() const {
    std::vector<Run> rows = {Whole()};
    for (const ProcessReport& process : report_.processes) {
      if (process.is_fork) {
        rows.push_back(Child(process));
      }
    }
    return rows;
  }

  // For each child: its birth in seconds since the start of the program, and
  // the copies at the end of each interval since that birth.
  std::string OverTime() const {
    std::string json;
    for (const ProcessReport& process : report_.processes) {
      if (process.is_fork) {
        absl::StrAppend(
            &json, json.empty() ? "" : ",", R"({"name":")",
            InJson(Name(ChildId(process))), R"(","repetition":)", repetition_,
            R"(,"begin_seconds":)",
            absl::StrFormat(
                "%.9f",
                1e-9 * static_cast<double>(process.begin -
                                           report_.processes.front().begin)),
            R"(,"copied_bytes":[)", BytesJoined(process.copied_over_time),
            R"(],"peer_copied_bytes":[)",
            BytesJoined(process.peer_copied_over_time), "]}");
      }
    }
    return json;
  }

 private:
  std::string Name(const std::string& id) const {
    return absl::StrCat("program/", name_, id);
  }

  static std::string ChildId(const ProcessReport& child) {
    return absl::StrCat("/child:", child.name,
                        child.executed ? "/" + child.command : "");
  }

  std::string BytesJoined(const std::vector<uint64_t>& pages) const {
    return absl::StrJoin(pages, ",", [this](std::string* out, uint64_t count) {
      absl::StrAppend(out, count * report_.page_size);
    });
  }

  double Bytes(uint64_t pages) const {
    return static_cast<double>(pages * report_.page_size);
  }

  Run Row(const std::string& id, const ProcessReport& process) const {
    Run row;
    row.run_name.function_name = Name(id);
    row.run_type = Run::RT_Iteration;
    row.iterations = 1;
    row.repetitions = repetitions_;
    row.repetition_index = repetition_;
    row.time_unit = benchmark::kSecond;
    row.real_accumulated_time =
        static_cast<double>(process.end - process.begin) * 1e-9;
    row.cpu_accumulated_time = row.real_accumulated_time;
    row.counters["minor_faults"] = static_cast<double>(process.minor_faults);
    row.counters["major_faults"] = static_cast<double>(process.major_faults);
    row.counters["life_time"] = row.real_accumulated_time;
    return row;
  }

  Run Whole() const {
    Run row = Row("", report_.processes.front());
    uint64_t copied = 0;
    uint64_t reused = 0;
    for (const ProcessReport& process : report_.processes) {
      copied += process.copied + process.copied_for_children;
      reused += process.reused;
    }
    row.counters["copied_bytes"] = Bytes(copied);
    row.counters["reused_bytes"] = Bytes(reused);
    row.counters["most_extra_bytes"] = Bytes(report_.most_extra);
    return row;
  }

  Run Child(const ProcessReport& child) const {
    Run row = Row(ChildId(child), child);
    row.counters["copied_bytes"] = Bytes(child.copied);
    row.counters["other_copied_bytes"] =
        Bytes(child.copied_for_children + child.copied_from_cache);
    if (child.kernel_copies) {
      row.counters["kernel_copied_bytes"] = Bytes(*child.kernel_copies);
    }
    row.counters["peer_copied_bytes"] = Bytes(child.peer_copied);
    row.counters["reused_bytes"] = Bytes(child.reused);
    row.counters["shared_bytes"] = Bytes(child.shared);
    if (!child.executed) {
      row.counters["fresh_bytes"] = Bytes(child.fresh);
    }
    if (child.shared != 0) {
      row.counters["lost_ratio"] =
          static_cast<double>(child.copied) / static_cast<double>(child.shared);
    }
    if (child.fork_time != 0) {
      row.counters["fork_time"] = static_cast<double>(child.fork_time) * 1e-9;
    }
    if (child.copied_zero != 0) {
      row.counters["zero_page_bytes"] = Bytes(child.copied_zero);
    }
    if (child.unseen != 0) {
      row.counters["unseen_bytes"] = Bytes(child.unseen);
    }
    return row;
  }

  const std::string& name_;
  const Report& report_;
  const int repetition_;
  const int repetitions_;
};

}  // namespace

bool WriteRows(const std::string& name, absl::Span<const Report> reports,
               std::ostream& out) {
  for (const auto& [key, value] : EnvironmentContext()) {
    benchmark::AddCustomContext(key, value);
  }
  benchmark::AddCustomContext("counters", CountersAsJson());
  benchmark::AddCustomContext("axes", R"([{"name":"child","default":""}])");
  std::vector<RowMaker> makers;
  std::string over_time;
  for (size_t i = 0; i < reports.size(); ++i) {
    makers.emplace_back(name, reports[i], static_cast<int>(i),
                        static_cast<int>(reports.size()));
    const std::string series = makers.back().OverTime();
    absl::StrAppend(&over_time, over_time.empty() || series.empty() ? "" : ",",
                    series);
  }
  if (!reports.empty() && reports.front().interval != 0) {
    benchmark::AddCustomContext(
        "over_time",
        absl::StrCat(R"({"interval_seconds":)",
                     static_cast<double>(reports.front().interval) * 1e-9,
                     R"(,"series":[)", over_time, "]}"));
  }
  benchmark::JSONReporter reporter;
  reporter.SetOutputStream(&out);
  reporter.SetErrorStream(&std::cerr);
  if (!reporter.ReportContext(benchmark::BenchmarkReporter::Context())) {
    return false;
  }
  for (const RowMaker& maker : makers) {
    reporter.ReportRuns(maker.Rows());
  }
  reporter.Finalize();
  return static_cast<bool>(out.flush());
}

}  // namespace cowbench::trace
