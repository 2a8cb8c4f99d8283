#include "lib/suite/totals.h"

#include <algorithm>

namespace cowbench {
namespace {

double Seconds(int64_t nanoseconds) {
  return 1e-9 * static_cast<double>(nanoseconds);
}

}  // namespace

void Totals::Add(const RunReply& reply, int writer_count) {
  forks += 1;
  fork_seconds += Seconds(reply.fork_ns);
  access_seconds += Seconds(reply.access_ns);
  exit_seconds += Seconds(reply.exit_ns);
  huge_bytes += static_cast<double>(reply.huge_bytes);
  for (int i = 0; i < writer_count; ++i) {
    const Sample& sample = reply.samples[i];
    writers += 1;
    window_seconds += Seconds(sample.end_ns - sample.begin_ns);
    minor_faults += static_cast<double>(sample.minor_faults);
    major_faults += static_cast<double>(sample.major_faults);
    if (const auto& pages = sample.pages; pages.has_value()) {
      counted_writers += 1;
      copied_pages += static_cast<double>(pages->copied);
      copied_metadata_pages += static_cast<double>(pages->copied_metadata);
      fresh_pages += static_cast<double>(pages->fresh);
      fork_tax_pages += static_cast<double>(pages->fork_tax);
      std::optional<Range>& range = copied_pages_of_writer_.at(i);
      range = range.value_or(Range{pages->copied, pages->copied});
      range->least = std::min(range->least, pages->copied);
      range->most = std::max(range->most, pages->copied);
    }
  }
}

double Totals::CopiedPagesSpread() const {
  uint64_t spread = 0;
  for (const std::optional<Range>& range : copied_pages_of_writer_) {
    if (range.has_value()) {
      spread = std::max(spread, range->most - range->least);
    }
  }
  return static_cast<double>(spread);
}

}  // namespace cowbench
