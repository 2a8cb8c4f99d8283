#include "lib/trace/table.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "lib/base/units.h"
#include "lib/trace/certainty.h"
#include "lib/trace/fault_ring.h"

namespace cowbench::trace {
namespace {

constexpr size_t kMostRows = 24;
constexpr size_t kMostBlamed = 6;
constexpr size_t kMostPaths = 3;
constexpr size_t kPathDepth = 8;
constexpr size_t kWidth = 80;

std::string Fitted(const std::string& text, size_t width) {
  return text.size() <= width ? text : text.substr(0, width - 3) + "...";
}

// Lines of at most 80 columns, broken at blanks.
std::string Wrapped(absl::string_view text) {
  std::string lines;
  size_t column = 0;
  for (const absl::string_view word : absl::StrSplit(text, ' ')) {
    if (column != 0 && column + 1 + word.size() > kWidth) {
      lines += "\n";
      column = 0;
    }
    absl::StrAppend(&lines, column == 0 ? "" : " ", word);
    column += word.size() + (column == 0 ? 0 : 1);
  }
  return lines + "\n";
}

class Printer {
 public:
  Printer(const Report& report, const Blame& blame)
      : report_(report), blame_(blame) {}

  std::string Print() {
    Sort();
    if (forks_.empty() && executed_.empty()) {
      text_ = "No child was forked: nothing was shared, so nothing copied.\n";
    } else {
      Rows();
      BlameSection("copied in", blame_.mappings);
      BlameSection("copied by", blame_.functions);
      Paths();
      Totals();
    }
    for (const std::string& note : report_.notes) {
      text_ += Wrapped(absl::StrCat("Note: ", note, "."));
    }
    if (report_.lost_samples != 0) {
      text_ += Wrapped(absl::StrCat(
          "Note: ", report_.lost_samples,
          " records of faults were lost, because they came too fast: counts "
          "come from the page tables, and these are not blamed."));
    }
    if (report_.has_blame && blame_.pages != 0) {
      text_ += Wrapped(absl::StrCat("Functions and call paths come from 1 in ",
                                    kFaultsPerChain,
                                    " page faults; counts do not."));
      NoteMissingSymbols();
    }
    const std::string cause = CauseOf(report_, blame_);
    if (!cause.empty()) {
      text_ += "\n" + Wrapped(cause);
    }
    return text_;
  }

 private:
  std::string Bytes(uint64_t pages) const {
    return HumanBytes(static_cast<double>(pages * report_.page_size));
  }

  void Sort() {
    for (const ProcessReport& process : report_.processes) {
      if (process.is_fork) {
        (process.executed ? executed_ : forks_).push_back(&process);
      }
    }
  }

  void Rows() {
    text_ = absl::StrFormat("%-11s %10s %10s %10s %10s %6s %8s %8s\n", "child",
                            "copied", "by parent", "shared", "fresh", "lost",
                            "minflt", "lived");
    absl::StrAppend(&text_, std::string(80, '-'), "\n");
    std::vector<const ProcessReport*> shown = forks_;
    if (shown.size() > kMostRows) {
      std::stable_sort(shown.begin(), shown.end(),
                       [](const ProcessReport* a, const ProcessReport* b) {
                         return a->copied + a->peer_copied >
                                b->copied + b->peer_copied;
                       });
      shown.resize(kMostRows);
    }
    for (const ProcessReport* child : shown) {
      Row(*child);
    }
    if (forks_.size() > shown.size()) {
      absl::StrAppend(&text_, "and ", forks_.size() - shown.size(),
                      " children that copied no more than these\n");
    }
    if (!executed_.empty()) {
      uint64_t copied = 0;
      for (const ProcessReport* child : executed_) {
        copied += child->copied;
      }
      absl::StrAppend(&text_, executed_.size(),
                      executed_.size() == 1 ? " child executed a program"
                                            : " children executed programs",
                      " and copied ", Bytes(copied), " before\n");
    }
  }

  void Row(const ProcessReport& child) {
    const double lost = child.shared == 0
                            ? 0
                            : 100.0 * static_cast<double>(child.copied) /
                                  static_cast<double>(child.shared);
    absl::StrAppendFormat(
        &text_, "%-11s %10s %10s %10s %10s %5.1f%% %8d %8s%s\n", child.name,
        Bytes(child.copied), Bytes(child.peer_copied), Bytes(child.shared),
        Bytes(child.fresh), lost, child.minor_faults,
        HumanSeconds(static_cast<double>(child.end - child.begin) * 1e-9),
        child.lost ? " ?" : "");
  }

  void BlameSection(const char* heading, const std::vector<Blamed>& all) {
    absl::StrAppend(&text_, "\n", heading, "\n");
    uint64_t rest = 0;
    for (size_t i = 0; i < all.size(); ++i) {
      if (i < kMostBlamed) {
        BlameRow(all[i].names.front(), all[i].pages);
      } else {
        rest += all[i].pages;
      }
    }
    if (rest != 0) {
      const size_t others = all.size() - kMostBlamed;
      BlameRow(absl::StrCat("(", others, others == 1 ? " other)" : " others)"),
               rest);
    }
  }

  void BlameRow(const std::string& name, uint64_t pages) {
    absl::StrAppendFormat(
        &text_, "  %10s %5.1f%%  %s\n", Bytes(pages),
        100.0 * static_cast<double>(pages) / static_cast<double>(blame_.pages),
        Fitted(name, kWidth - 21));
  }

  void Paths() {
    text_ += "\ncall paths, the innermost first\n";
    for (size_t i = 0; i < std::min(blame_.paths.size(), kMostPaths); ++i) {
      const Blamed& path = blame_.paths[i];
      BlameRow(path.names.front(), path.pages);
      for (size_t k = 1; k < std::min(path.names.size(), kPathDepth) &&
                         path.names[k] != kUnknownName;
           ++k) {
        absl::StrAppend(&text_, std::string(20, ' '),
                        Fitted(path.names[k], kWidth - 21), "\n");
      }
    }
  }

  void Totals() {
    uint64_t copied = 0;
    uint64_t by_peers = 0;
    uint64_t zero = 0;
    for (const ProcessReport& process : report_.processes) {
      copied += process.copied;
      by_peers += process.copied_for_children;
      zero += process.copied_zero;
    }
    absl::StrAppend(&text_, "\nIn all, ", Bytes(copied + by_peers),
                    " copied: ", Bytes(copied), " by children, ",
                    Bytes(by_peers), " by parents.\nAt most ",
                    Bytes(report_.most_extra),
                    " of extra memory at one moment.\n");
    if (zero != 0) {
      absl::StrAppend(&text_, Bytes(zero),
                      " of it was the zero page: read before the fork, never "
                      "written to.\n");
    }
    if (const std::string forks = Forks(); !forks.empty()) {
      text_ += forks;
    }
    text_ += Wrapped(CertaintyOf(report_));
  }

  // Says why the function that copied most is an address.
  void NoteMissingSymbols() {
    const absl::string_view name = blame_.functions.front().names.front();
    if (absl::StartsWith(name, "[") && absl::StrContains(name, "+0x")) {
      text_ += Wrapped(absl::StrCat(
          "Note: ", name,
          " is an address, because this file has no symbols; "
          "Debian has them in a package with the end -dbg or -dbgsym."));
    }
  }

  // How long the forks took; empty if that is not known.
  std::string Forks() const {
    int64_t shortest = std::numeric_limits<int64_t>::max();
    int64_t longest = 0;
    for (const ProcessReport& process : report_.processes) {
      if (process.fork_time != 0) {
        shortest = std::min(shortest, process.fork_time);
        longest = std::max(longest, process.fork_time);
      }
    }
    if (longest == 0) {
      return "";
    }
    const auto seconds = [](int64_t nanoseconds) {
      return HumanSeconds(static_cast<double>(nanoseconds) * 1e-9);
    };
    return absl::StrCat(
        "fork() took ", seconds(shortest),
        shortest == longest ? "" : absl::StrCat(" to ", seconds(longest)),
        " in the parent.\n");
  }

  const Report& report_;
  const Blame& blame_;
  std::vector<const ProcessReport*> forks_;
  std::vector<const ProcessReport*> executed_;
  std::string text_;
};

}  // namespace

std::string Table(const Report& report, const Blame& blame) {
  return Printer(report, blame).Print();
}

}  // namespace cowbench::trace
