#include "lib/suite/estimate.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "lib/base/available_memory.h"
#include "lib/base/units.h"
#include "lib/suite/memory_guard.h"

namespace cowbench {
namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;

// Seconds to start a subject and build the data set.
double SecondsToBuild(const Case& c) {
  constexpr double kToStart = 0.01;
  constexpr double kPerGib = 2;
  constexpr double kPerTurn = 4e-6;  // that one builder hands to the next
  const double turns =
      c.Get<axis::Builders>() == 1 ? 0 : static_cast<double>(c.elements());
  return kToStart +
         kPerGib * static_cast<double>(MemoryOfDataSet(c)) / (1536.0 * kMiB) +
         kPerTurn * turns;
}

// Seconds to fork once and measure.
double SecondsToMeasure(const Case& c) {
  constexpr double kPerChild = 1e-3;
  // For copying page tables and visiting elements.
  constexpr double kPerGibShared = 0.3;
  constexpr double kPerGibCopied = 1.8;
  const double gib = static_cast<double>(c.size) / (1024.0 * kMiB);
  return c.Get<axis::Children>() * (kPerChild + kPerGibShared * gib) +
         (c.pattern->writes ? c.runner_count() * kPerGibCopied * gib : 0);
}

}  // namespace

int IterationsOf(const Case& c, const ForkCount& forks) {
  if (forks.seconds > 0) {
    return static_cast<int>(
        std::clamp<double>(forks.seconds / SecondsToMeasure(c), 1, kMaxForks));
  }
  if (forks.number > 0) {
    return forks.number;
  }
  return c.size <= kMiB ? 10 : c.size <= 64 * kMiB ? 7 : 3;
}

std::vector<double> EstimatedSeconds(const std::vector<Case>& cases,
                                     const ForkCount& chosen, int repetitions) {
  std::vector<double> seconds;
  std::string data_set;
  for (const Case& c : cases) {
    const int forks = repetitions * (1 + IterationsOf(c, chosen));
    const bool exists = data_set == c.DataSet();
    const bool spoils =
        c.SpoilsDataSet(c.Get<axis::Thp>() == HugePages::kAlways);
    const int builds = spoils ? forks : exists ? 0 : 1;
    seconds.push_back(builds * SecondsToBuild(c) + forks * SecondsToMeasure(c));
    data_set = spoils ? "" : c.DataSet();
  }
  return seconds;
}

std::string Estimates(const std::vector<Case>& cases, const ForkCount& chosen,
                      int repetitions) {
  const std::vector<double> seconds =
      EstimatedSeconds(cases, chosen, repetitions);
  size_t width = 0;
  for (const Case& c : cases) {
    width = std::max(width, c.Id().size());
  }
  std::string table;
  const auto add = [&](const std::string& name, const std::string& time,
                       const std::string& memory) {
    absl::StrAppendFormat(&table, "%-*s%12s%12s\n", static_cast<int>(width),
                          name, time, memory);
  };
  const auto bytes = [](uint64_t number) {
    return HumanBytes(static_cast<double>(number));
  };
  add("case", "about", "up to");
  double total = 0;
  uint64_t most = 0;
  for (size_t i = 0; i < cases.size(); ++i) {
    add(cases[i].Id(), HumanSeconds(seconds[i]), bytes(NeededMemory(cases[i])));
    total += seconds[i];
    most = std::max(most, NeededMemory(cases[i]));
  }
  add(absl::StrCat(cases.size(), cases.size() == 1 ? " case" : " cases"),
      absl::FormatDuration(absl::Seconds(std::ceil(total))), bytes(most));
  return absl::StrCat(table, bytes(AvailableMemory()),
                      " of memory is available\n");
}

}  // namespace cowbench
