#include "lib/trace/blame.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "lib/base/units.h"

namespace cowbench::trace {
namespace {

constexpr char kUnseen[] = "[not seen]";

using Sums = std::map<std::vector<std::string>, uint64_t>;

std::vector<Blamed> LargestFirst(const Sums& sums) {
  std::vector<Blamed> all;
  for (const auto& [names, pages] : sums) {
    if (pages != 0) {
      all.push_back({names, pages});
    }
  }
  std::stable_sort(
      all.begin(), all.end(),
      [](const Blamed& a, const Blamed& b) { return a.pages > b.pages; });
  return all;
}

std::vector<std::string> NamesOf(const Report& report, uint32_t path,
                                 Symbols& symbols) {
  std::vector<std::string> names;
  for (const uint64_t place : report.places.path(path)) {
    names.push_back(symbols.NameOf(place));
  }
  if (names.empty()) {
    names.emplace_back(kUnseen);
  }
  return names;
}

// The copies in one mapping. Some have a call path; some were seen but not
// sampled; the rest only the page tables show, so that no sampled path stands
// for them.
struct Sampled {
  std::map<uint32_t, uint64_t> paths;
  uint64_t seen = 0;
  uint64_t not_sampled = 0;
  uint64_t unseen = 0;
};

// Only some writes have a call path. Spreads the others over those paths in
// proportion, so that the totals equal the copies.
std::map<uint32_t, uint64_t> SharedOut(const Sampled& sampled) {
  std::map<uint32_t, uint64_t> all;
  const uint64_t nobodys =
      sampled.unseen + (sampled.seen == 0 ? sampled.not_sampled : 0);
  if (nobodys > 0) {
    all[0] = nobodys;
  }
  uint64_t before = 0;
  for (const auto& [path, pages] : sampled.paths) {
    const uint64_t share =
        sampled.not_sampled * (before + pages) / sampled.seen -
        sampled.not_sampled * before / sampled.seen;
    all[path] += pages + share;
    before += pages;
  }
  return all;
}

// "4 children copied 31.8 MiB each (21 others at most 152 KiB)", by the median.
std::string WhoCopied(const Report& report) {
  std::vector<uint64_t> copied;
  uint64_t by_children = 0;
  uint64_t by_parents = 0;
  for (const ProcessReport& process : report.processes) {
    by_children += process.copied;
    by_parents += process.copied_for_children;
    if (process.is_fork && !process.executed && process.copied > 0) {
      copied.push_back(process.copied);
    }
  }
  std::sort(copied.begin(), copied.end());
  const auto bytes = [&report](uint64_t pages) {
    return HumanBytes(static_cast<double>(pages * report.page_size));
  };
  if (by_parents > by_children) {
    return absl::StrCat("Parents copied ", bytes(by_parents),
                        " of what they shared with living children");
  }
  if (copied.empty()) {
    return by_children == 0
               ? ""
               : absl::StrCat("Children that executed programs copied ",
                              bytes(by_children), " before");
  }
  if (copied.size() == 1) {
    return absl::StrCat("1 child copied ", bytes(copied.front()));
  }
  // The largest counts, within a tenth of each other: often these are exactly
  // the workers.
  const auto large = std::lower_bound(copied.begin(), copied.end(),
                                      copied.back() - copied.back() / 10);
  const auto others = large - copied.begin();
  const auto sum = [](auto begin, auto end) {
    return std::accumulate(begin, end, uint64_t{0});
  };
  if (4 * sum(copied.begin(), large) > sum(large, copied.end())) {
    return absl::StrCat(copied.size(), " children copied ",
                        bytes(copied.front()), " to ", bytes(copied.back()),
                        " each");
  }
  const auto count = copied.end() - large;
  return absl::StrCat(
      count, count == 1 ? " child" : " children", " copied ",
      bytes(large[count / 2]), count == 1 ? "" : " each",
      others == 0
          ? ""
          : absl::StrCat(" (", others, others == 1 ? " other" : " others",
                         " at most ", bytes(large[-1]), ")"));
}

std::string Share(uint64_t part, uint64_t whole) {
  return absl::StrFormat("%.0f %%", 100.0 * static_cast<double>(part) /
                                        static_cast<double>(whole));
}

}  // namespace

Blame BlameOf(const Report& report, Symbols& symbols) {
  Blame blame;
  Sums mappings;
  Sums functions;
  Sums paths;
  std::map<uint32_t, Sampled> by_mapping;
  for (const ProcessReport& process : report.processes) {
    for (const auto& [culprit, pages] : process.culprits) {
      if (pages == 0) {
        continue;  // counted as copies first, corrected later
      }
      Sampled& sampled = by_mapping[culprit.mapping];
      if (culprit.path == kNotSampled) {
        sampled.not_sampled += pages;
      } else if (culprit.path == 0) {
        sampled.unseen += pages;
      } else {
        sampled.paths[culprit.path] += pages;
        sampled.seen += pages;
      }
    }
  }
  for (const auto& [mapping, sampled] : by_mapping) {
    for (const auto& [path, pages] : SharedOut(sampled)) {
      const std::vector<std::string> names = NamesOf(report, path, symbols);
      blame.pages += pages;
      mappings[{report.mapping_names[mapping]}] += pages;
      functions[{names.front()}] += pages;
      paths[names] += pages;
    }
  }
  blame.mappings = LargestFirst(mappings);
  blame.functions = LargestFirst(functions);
  blame.paths = LargestFirst(paths);
  return blame;
}

std::string CauseOf(const Report& report, const Blame& blame) {
  std::string text = WhoCopied(report);
  if (text.empty() || blame.pages == 0) {
    return "";
  }
  const Blamed& mapping = blame.mappings.front();
  absl::StrAppend(&text, ", ", Share(mapping.pages, blame.pages), " of it in ",
                  mapping.names.front());
  const Blamed& function = blame.functions.front();
  if (function.names.front() == kUnseen) {
    return text + ".";
  }
  absl::StrAppend(&text, ", ", Share(function.pages, blame.pages), " by ",
                  function.names.front());
  // The caller on the path with the most copies.
  for (const Blamed& path : blame.paths) {
    if (path.names.front() == function.names.front()) {
      if (path.names.size() > 1 && path.names[1][0] != '[') {
        absl::StrAppend(&text, ", called by ", path.names[1]);
      }
      break;
    }
  }
  return text + ".";
}

void WriteFolded(const Blame& blame, uint64_t page_size, std::ostream& out) {
  for (const Blamed& path : blame.paths) {
    // The format separates names by semicolons, and the count by the last
    // space.
    std::vector<std::string> outer_first(path.names.rbegin(),
                                         path.names.rend());
    for (std::string& name : outer_first) {
      name = absl::StrReplaceAll(name, {{";", ":"}});
    }
    out << absl::StrJoin(outer_first, ";") << " " << path.pages * page_size
        << "\n";
  }
}

}  // namespace cowbench::trace
