#include "lib/suite/totals.h"

#include <algorithm>

namespace cowbench {
namespace {

double Seconds(int64_t nanoseconds) {
  return 1e-9 * static_cast<double>(nanoseconds);
}

}  // namespace

void Totals::Add(const RunReply& reply, int writer_count) {
  AddToSpreads(reply, writer_count);
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
      unsure_pages += static_cast<double>(pages->unsure);
      reused_pages += static_cast<double>(pages->reused);
    }
  }
}

void Totals::AddToSpreads(const RunReply& reply, int writer_count) {
  for (int i = 0; i < writer_count; ++i) {
    const Sample& sample = reply.samples[i];
    Include(sample.minor_faults, &minor_faults_of_.at(i));
    if (sample.pages.has_value()) {
      Include(static_cast<int64_t>(sample.pages->copied),
              &copied_pages_of_.at(i));
    }
  }
}

void Totals::Include(int64_t value, std::optional<Range>* range) {
  *range = range->value_or(Range{value, value});
  (*range)->least = std::min((*range)->least, value);
  (*range)->most = std::max((*range)->most, value);
}

double Totals::LargestSpread(const Ranges& ranges) {
  int64_t spread = 0;
  for (const std::optional<Range>& range : ranges) {
    if (range.has_value()) {
      spread = std::max(spread, range->most - range->least);
    }
  }
  return static_cast<double>(spread);
}

}  // namespace cowbench
