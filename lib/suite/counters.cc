#include "lib/suite/counters.h"

#include "absl/strings/string_view.h"
#include "lib/probe/mappings.h"
#include "lib/suite/flag_values.h"
#include "lib/suite/json_text.h"

namespace cowbench {
namespace {

using Value = std::optional<double>;

// None if `count` is zero.
Value Ratio(double sum, double count) {
  return count > 0 ? Value(sum / count) : std::nullopt;
}

double Bytes(double pages) {
  return pages * static_cast<double>(probe::PageSize());
}

// The mean over the writers of counted forks.
Value PageBytes(const Totals& t, double pages) {
  return Ratio(Bytes(pages), t.counted_writers);
}

Value PageBytesIfAny(const Totals& t, double pages) {
  return pages > 0 ? PageBytes(t, pages) : std::nullopt;
}

Value IfNotZero(double value) {
  return value > 0 ? Value(value) : std::nullopt;
}

Value Amplification(const Totals& t) {
  const Value copied = PageBytes(t, t.copied_pages);
  return copied.has_value()
             ? Ratio(*copied, static_cast<double>(t.stored_bytes))
             : std::nullopt;
}

// None if most faults are no copies: then the time says little about copies.
Value CopiedPageTime(const Totals& t) {
  const Value copied = Ratio(t.copied_pages, t.counted_writers);
  const Value faults = Ratio(t.minor_faults + t.major_faults, t.writers);
  return copied.has_value() && 2 * t.faults_of_copy * *copied >= *faults
             ? Ratio(t.window_seconds, t.writers * *copied)
             : std::nullopt;
}

constexpr CounterEntry kCounters[] = {
    {"copied_bytes", "copied", Unit::kBytes, Kind::kCount, Better::kLess,
     Shown::kAlways,
     "Pages that the writer shared with another process when its window began, "
     "and that were its own when it ended.",
     [](const Totals& t) { return PageBytes(t, t.copied_pages); }},

    {"copied_bytes_spread", "spread", Unit::kBytes, Kind::kCount, Better::kLess,
     Shown::kNotZero,
     "How much more the same writer copied in one counted fork than in "
     "another, for an allocator of the user's also in another subject; absent "
     "where they agree.",
     [](const Totals& t) { return IfNotZero(Bytes(t.CopiedPagesSpread())); }},

    {"copied_bytes_unsure", "unsure", Unit::kBytes, Kind::kCount, Better::kLess,
     Shown::kNotZero,
     "By how much the copied bytes may be off at most, because the writer gave "
     "memory back to the kernel in its window; absent where it gave back none "
     "that matters.",
     [](const Totals& t) { return PageBytesIfAny(t, t.unsure_pages); }},

    {"reused_bytes", "reused", Unit::kBytes, Kind::kCount, Better::kNeither,
     Shown::kNotZero,
     "Pages that the writer wrote to in its window without a copy, because "
     "children had left them to it before; absent where there are none.",
     [](const Totals& t) { return PageBytesIfAny(t, t.reused_pages); }},

    {"copied_metadata_bytes", "metadata", Unit::kBytes, Kind::kCount,
     Better::kLess, Shown::kAlways,
     "The copied bytes in pages that held no element of the data set when it "
     "was built: the allocator's and the container's own data, free memory "
     "that new elements go to, the C library, the stack.",
     [](const Totals& t) {
       return t.built.knows_data_pages ? PageBytes(t, t.copied_metadata_pages)
                                       : std::nullopt;
     }},

    {"minor_faults", "minflt", Unit::kFaults, Kind::kCount, Better::kLess,
     Shown::kAlways,
     "Minor faults of the writer in its window (ru_minflt); not every fault is "
     "a copy.",
     [](const Totals& t) { return Ratio(t.minor_faults, t.writers); }},

    {"minor_faults_spread", "minflt spread", Unit::kFaults, Kind::kCount,
     Better::kLess, Shown::kNotZero,
     "How many minor faults more the same writer had in one fork than in "
     "another; absent where forks agree.",
     [](const Totals& t) { return IfNotZero(t.MinorFaultsSpread()); }},

    {"major_faults", "majflt", Unit::kFaults, Kind::kCount, Better::kLess,
     Shown::kNotZero,
     "Major faults of the writer in its window (ru_majflt); a minor fault that "
     "the kernel retried counts here.",
     [](const Totals& t) { return Ratio(t.major_faults, t.writers); }},

    {"amplification", "amplif.", Unit::kRatio, Kind::kCount, Better::kLess,
     Shown::kAlways,
     "Copied bytes for each distinct byte that the pattern stored to; absent "
     "where the pattern stores nothing itself.",
     Amplification},

    {"fresh_bytes", "fresh", Unit::kBytes, Kind::kCount, Better::kLess,
     Shown::kAlways,
     "Pages that were absent when the window began, and the writer's own when "
     "it ended: new memory, filled with zeros.",
     [](const Totals& t) { return PageBytes(t, t.fresh_pages); }},

    {"fork_tax_bytes", "fork tax", Unit::kBytes, Kind::kCount, Better::kLess,
     Shown::kAlways,
     "Pages that were the writer's own before its window began: what being "
     "forked costs by itself (stack, thread-local storage, the allocator's "
     "fork handlers), with 16 KiB of stack that the harness touches.",
     [](const Totals& t) { return PageBytes(t, t.fork_tax_pages); }},

    {"resident_bytes", "resident", Unit::kBytes, Kind::kCount, Better::kLess,
     Shown::kAlways, "Anonymous memory that the data set added to the subject.",
     [](const Totals& t) {
       return Value(static_cast<double>(t.built.resident_bytes));
     }},

    {"huge_bytes", "huge", Unit::kBytes, Kind::kCount, Better::kNeither,
     Shown::kNotZero,
     "The subject's memory in transparent huge pages before the fork, by "
     "smaps.",
     [](const Totals& t) { return Ratio(t.huge_bytes, t.forks); }},

    {"fork_time", "fork", Unit::kSeconds, Kind::kTime, Better::kLess,
     Shown::kAlways, "Time that the parent spent in fork(), for all children.",
     [](const Totals& t) { return Ratio(t.fork_seconds, t.forks); }},

    {"access_time", "access", Unit::kSeconds, Kind::kTime, Better::kLess,
     Shown::kAlways,
     "Time from the beginning of the first window to the end of the last one.",
     [](const Totals& t) { return Ratio(t.access_seconds, t.forks); }},

    {"copied_page_time", "per page", Unit::kSeconds, Kind::kTime, Better::kLess,
     Shown::kAlways,
     "Mean time in a writer's window for each page copied, with the pattern's "
     "own work and any wait for a CPU; absent where most faults were not "
     "copies.",
     CopiedPageTime},

    {"exit_time", "exit", Unit::kSeconds, Kind::kTime, Better::kLess,
     Shown::kAlways,
     "Time from telling the children to exit until all of them are reaped.",
     [](const Totals& t) { return Ratio(t.exit_seconds, t.forks); }},

    {"wall_time", "wall", Unit::kSeconds, Kind::kTime, Better::kLess,
     Shown::kAlways,
     "Time of fork, access and exit together; also Google Benchmark's own "
     "time.",
     [](const Totals& t) {
       return Ratio(t.fork_seconds + t.access_seconds + t.exit_seconds,
                    t.forks);
     }},

    {"other_tasks", "others", Unit::kCount, Kind::kLoad, Better::kLess,
     Shown::kNever,
     "Threads of other programs that ran, or waited for a CPU, when the "
     "repetition began: where there are many, times are not to be believed.",
     [](const Totals& t) { return t.other_tasks; }},
};

constexpr Named<Unit> kUnitNames[] = {{"bytes", Unit::kBytes},
                                      {"faults", Unit::kFaults},
                                      {"ratio", Unit::kRatio},
                                      {"seconds", Unit::kSeconds},
                                      {"count", Unit::kCount}};
constexpr Named<Kind> kKindNames[] = {
    {"count", Kind::kCount}, {"time", Kind::kTime}, {"load", Kind::kLoad}};
constexpr Named<Better> kBetterNames[] = {
    {"less", Better::kLess}, {"more", Better::kMore}, {"", Better::kNeither}};

}  // namespace

absl::Span<const CounterEntry> Counters() { return kCounters; }

void SetCounters(const Totals& totals, benchmark::UserCounters* counters) {
  for (const CounterEntry& counter : kCounters) {
    if (const Value value = counter.value(totals); value.has_value()) {
      (*counters)[counter.name] = *value;
    }
  }
}

std::string CountersAsJson() {
  JsonList counters;
  for (const CounterEntry& counter : kCounters) {
    counters.Add({{"name", counter.name},
                  {"heading", counter.heading},
                  {"unit", NameOf<Unit>(kUnitNames, counter.unit)},
                  {"kind", NameOf<Kind>(kKindNames, counter.kind)},
                  {"better", NameOf<Better>(kBetterNames, counter.better)},
                  {"meaning", counter.meaning}});
  }
  return counters.text();
}

}  // namespace cowbench
