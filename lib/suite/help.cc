#include "lib/suite/help.h"

#include <cerrno>
#include <set>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace cowbench {
namespace {

// Appends the name of whatever has one.
struct NameTo {
  template <typename Named>
  void operator()(std::string* out, const Named& named) const {
    out->append(named.name.data(), named.name.size());
  }
};

std::string Colon(std::string_view name, std::string_view meaning) {
  return absl::StrCat(std::string(name), meaning.empty() ? "" : ": ",
                      std::string(meaning));
}

std::string LayoutLines(workload::Catalog catalog) {
  std::string lines;
  for (const workload::LayoutEntry& layout : catalog) {
    absl::StrAppend(&lines, Wrapped(Colon(layout.name, layout.meaning), 2),
                    Wrapped(absl::StrJoin(layout.patterns, ", ", NameTo()), 6));
  }
  return lines;
}

std::string PatternLines(workload::Catalog catalog) {
  std::string lines;
  std::set<std::string_view> told;
  for (const workload::LayoutEntry& layout : catalog) {
    for (const workload::PatternEntry& pattern : layout.patterns) {
      if (told.insert(pattern.name).second) {
        lines += Wrapped(Colon(pattern.name, pattern.meaning), 2);
      }
    }
  }
  return lines;
}

}  // namespace

std::string HelpText(const Flags& flags, const Choices& choices) {
  return absl::StrCat(
      "Measures what fork() makes the kernel copy, across data layouts, "
      "access\npatterns, sizes and allocators.\n\n"
      "  bazel run //benchmarks:",
      program_invocation_short_name,
      " -- [flags]\n\n"
      "<values> are separated by commas. Without a flag, the preset's values "
      "are used.\n\n",
      flags.Help(), "\nLayouts, and the patterns of each:\n",
      LayoutLines(choices.catalog), "\nPatterns:\n",
      PatternLines(choices.catalog),
      "\nAllocators: ", absl::StrJoin(choices.allocators, ", ", NameTo()),
      "\nPresets: smoke, default, full",
      choices.own_presets.empty() ? "" : ", ",
      absl::StrJoin(choices.own_presets, ", ", NameTo()),
      "\n\nFlags of Google Benchmark:\n"
      "  --benchmark_filter=<regex>     RE2, on case ids; -<regex> for all "
      "others\n"
      "  --benchmark_list_tests         print the cases and exit\n"
      "  --benchmark_dry_run            one fork of each case\n"
      "  --benchmark_min_time=<n>x      n forks of each case\n"
      "  --benchmark_min_time=<n>s      forks until fork, access and exit have "
      "taken\n"
      "                                 n s, but for no more than 5 n s in "
      "all\n"
      "  --benchmark_min_warmup_time=<n>s\n"
      "  --benchmark_repetitions=<n>\n"
      "  --benchmark_out=<file>         JSON, or what --benchmark_out_format "
      "says\n"
      "  --benchmark_format=<console|json|csv>\n"
      "  --benchmark_time_unit=<ns|us|ms|s>  of real_time in JSON and CSV\n"
      "  --benchmark_context=<key>=<value>,...\n"
      "  --benchmark_{report,display}_aggregates_only, --v=<n>,\n"
      "  --benchmark_enable_random_interleaving\n"
      "Each can also be set in the environment: BENCHMARK_FILTER=<regex>.\n"
      "--benchmark_color and --benchmark_counters_tabular have no effect.\n");
}

}  // namespace cowbench
