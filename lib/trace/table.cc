#include "lib/trace/table.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "lib/base/units.h"

namespace cowbench::trace {
namespace {

constexpr size_t kMostRows = 24;

class Printer {
 public:
  explicit Printer(const Report& report) : report_(report) {}

  std::string Print() {
    Sort();
    if (forks_.empty() && executed_.empty()) {
      text_ = "No child was forked: nothing was shared, so nothing copied.\n";
    } else {
      Rows();
      Totals();
    }
    for (const std::string& note : report_.notes) {
      absl::StrAppend(&text_, "Note: ", note, ".\n");
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

  void Totals() {
    uint64_t copied = 0;
    uint64_t by_peers = 0;
    uint64_t zero = 0;
    uint64_t unseen = 0;
    for (const ProcessReport& process : report_.processes) {
      copied += process.copied;
      by_peers += process.copied_for_children;
      zero += process.copied_zero;
      unseen += process.unseen;
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
    if (report_.exact) {
      absl::StrAppend(&text_,
                      "These counts are exact: checked by frame numbers.\n");
    } else {
      absl::StrAppend(
          &text_,
          "Without privilege: exact where the other owners of a page neither "
          "gave it\nback nor had the kernel write to it; ",
          unseen == 0 ? "no page is in doubt.\n"
                      : absl::StrCat(Bytes(unseen), " of copies in doubt.\n"));
    }
  }

  const Report& report_;
  std::vector<const ProcessReport*> forks_;
  std::vector<const ProcessReport*> executed_;
  std::string text_;
};

}  // namespace

std::string Table(const Report& report) { return Printer(report).Print(); }

}  // namespace cowbench::trace
