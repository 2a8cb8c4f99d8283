#include "lib/trace/certainty.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "lib/base/units.h"

namespace cowbench::trace {
namespace {

constexpr char kByFrames[] =
    "By frame numbers alone: memory that was given back and touched again "
    "counts as copied.";

// Whether frame numbers told which pages were copied.
bool FramesTold(const Report& report) {
  return report.exact && !report.has_moved_pages;
}

// Why they did not.
std::string WithoutFrames(const Report& report) {
  return report.has_moved_pages ? "Without frame numbers, as the kernel moved "
                                  "pages meanwhile"
                                : "Without privilege";
}

// The kernel's counts compared with ours.
struct Comparison {
  uint64_t children = 0;  // whose count could be read
  uint64_t differing = 0;
  uint64_t more = 0;  // pages that the kernel counted and we did not
  uint64_t less = 0;
};

Comparison CompareWithKernel(const Report& report) {
  Comparison found;
  for (const ProcessReport& process : report.processes) {
    if (process.is_fork && process.kernel_copies) {
      const uint64_t ours = process.AllCopies();
      const uint64_t theirs = *process.kernel_copies;
      ++found.children;
      found.differing += ours != theirs ? 1 : 0;
      found.more += theirs - std::min(ours, theirs);
      found.less += ours - std::min(ours, theirs);
    }
  }
  return found;
}

std::string Unseen(const Report& report) {
  uint64_t pages = 0;
  for (const ProcessReport& process : report.processes) {
    pages += process.unseen;
  }
  return pages == 0 ? "nothing"
                    : HumanBytes(static_cast<double>(pages * report.page_size));
}

bool IsUnreadable(const Report& report) {
  return std::any_of(
      report.processes.begin(), report.processes.end(),
      [](const ProcessReport& process) { return process.unreadable; });
}

// Sampled counts are exact only by chance, so this never says "Exact".
std::string OfSamples(const Report& report, const Comparison& kernel) {
  if (kernel.children != 0) {
    return absl::StrCat(
        "Sampled: the kernel's own count has ", kernel.more,
        " pages more (of files, or given back before the end) and ",
        kernel.less, " less (given back and touched again).");
  }
  return FramesTold(report)
             ? absl::StrCat(kByFrames, " Estimated as given back for good: ",
                            Unseen(report), ".")
             : absl::StrCat("Sampled. ", WithoutFrames(report),
                            ": at most so much; in doubt: ", Unseen(report),
                            ".");
}

}  // namespace

std::string CertaintyOf(const Report& report) {
  const Comparison kernel = CompareWithKernel(report);
  const bool saw_all =
      report.has_blame && !report.is_sampled && report.lost_samples == 0;
  if (IsUnreadable(report) && kernel.children == 0) {
    return "";
  }
  if (report.is_sampled) {
    return OfSamples(report, kernel);
  }
  if (kernel.children != 0) {
    const uint64_t pages = kernel.more + kernel.less;
    const char* const whose = kernel.children == 1 ? "the child" : "each child";
    return kernel.differing != 0
               ? absl::StrCat("The kernel's own count differs for ",
                              kernel.differing, " of ", kernel.children,
                              " children, by ", pages,
                              pages == 1 ? " page in all" : " pages in all",
                              report.has_moved_pages
                                  ? "; the kernel moved pages meanwhile."
                                  : ".")
               : absl::StrCat(saw_all ? "Exact: the" : "The",
                              " kernel's own count is the same for ", whose,
                              ".");
  }
  if (FramesTold(report)) {
    return saw_all ? "Each copy was checked by frame numbers." : kByFrames;
  }
  return absl::StrCat(
      WithoutFrames(report),
      ": exact where the other owners of a page neither gave it back nor had "
      "the kernel write to it; in doubt: ",
      Unseen(report), ".");
}

}  // namespace cowbench::trace
