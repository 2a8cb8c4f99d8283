// How Tracer counts copies and attributes them to code.
#include <algorithm>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/trace/tracer.h"

namespace cowbench::trace {
namespace {

// Turns counts into running sums, scaled so that the last one is `all`.
void Accumulate(uint64_t all, size_t length, std::vector<uint64_t>* counts) {
  const uint64_t seen =
      std::accumulate(counts->begin(), counts->end(), uint64_t{0});
  counts->resize(std::max(length, counts->size()));
  uint64_t sum = 0;
  for (uint64_t& count : *counts) {
    sum += count;
    count = seen == 0 ? 0 : all * sum / seen;
  }
  counts->back() = all;
}

}  // namespace

void Tracer::CountCopy(MemoryId writer, const WriteOutcome& outcome,
                       uintptr_t page, uint32_t chain) {
  ProcessReport& report = report_.processes[writer];
  if (outcome.inherited) {
    ++report.copied;
    report.copied_zero += outcome.of_zero_page ? 1 : 0;
  } else {
    ++report.copied_for_children;
    ++ledgers_[writer].left_to_children;
  }
  for (const MemoryId peer : outcome.peers) {
    ++report_.processes[peer].peer_copied;
  }
  ++ledgers_[writer].culprits[{MappingName(writer, page), chain}];
  ++extra_;
  report_.most_extra = std::max(report_.most_extra, extra_);
}

void Tracer::CountOverTime(MemoryId writer, const WriteOutcome& outcome,
                           int64_t time) {
  if (report_.interval == 0) {
    return;
  }
  const auto count = [&](int64_t begin, std::vector<uint64_t>* counts) {
    const auto at = static_cast<size_t>(std::max<int64_t>(time - begin, 0) /
                                        report_.interval);
    counts->resize(std::max(counts->size(), at + 1));
    ++(*counts)[at];
  };
  if (outcome.inherited) {
    ProcessReport& report = report_.processes[writer];
    count(report.begin, &report.copied_over_time);
  }
  for (const MemoryId peer : outcome.peers) {
    ProcessReport& report = report_.processes[peer];
    count(report.begin, &report.peer_copied_over_time);
  }
}

// Mappings rarely change while their pages are shared, so this looks in the
// mappings at the birth of the process and at its last fork.
uint32_t Tracer::MappingName(MemoryId memory, uintptr_t page) {
  Ledger& ledger = ledgers_[memory];
  if (ledger.last_mapping != nullptr && ledger.last_mapping->begin <= page &&
      page < ledger.last_mapping->end) {
    return ledger.last_mapping_number;
  }
  std::string name = "not mapped at birth";
  for (const Sharing::PagesPtr& pages :
       {sharing_.shared(memory), sharing_.last_fork(memory)}) {
    const probe::ProcessMapping* const mapping =
        pages == nullptr ? nullptr
                         : probe::FindMapping(pages->mappings(), page);
    if (mapping != nullptr) {
      name = mapping->name.empty() ? "unnamed memory" : mapping->name;
      ledger.last_mapping = mapping;
      break;
    }
  }
  const auto [at, is_new] = mapping_numbers_.try_emplace(
      name, static_cast<uint32_t>(report_.mapping_names.size()));
  if (is_new) {
    report_.mapping_names.push_back(name);
  }
  ledger.last_mapping_number = at->second;
  return at->second;
}

// Resolves addresses to places before the process, and with it the meaning of
// its addresses, is gone.
void Tracer::ResolveCulprits(MemoryId memory,
                             absl::Span<const probe::ProcessMapping> mappings) {
  std::map<Culprit, uint64_t>& culprits = report_.processes[memory].culprits;
  for (const auto& [culprit, pages] :
       std::exchange(ledgers_[memory].culprits, {})) {
    const uint32_t path =
        culprit.path == 0 || culprit.path == kNotSampled
            ? culprit.path
            : report_.places.Resolve(rings_->chains().Get(culprit.path),
                                     mappings,
                                     report_.processes[memory].process);
    culprits[{culprit.mapping, path}] += pages;
  }
}

// A look at the end misses copies of pages that were given back before it, as
// by programs that free everything when they end, and copies that execve(2)
// replaced. Takes their number from the kernel's count, or from the samples
// among them.
void Tracer::EstimateUnseen(MemoryId memory, const probe::ProcessPages* now) {
  ProcessReport& report = report_.processes[memory];
  if (!report.is_fork || UnseenChain() != kNotSampled) {
    return;
  }
  std::vector<uintptr_t> gone;
  for (const auto& [page, inherited, of_last_child] :
       ledgers_[memory].seen_copies) {
    if (page != 0 && (now == nullptr || now->Find(page) == nullptr)) {
      gone.push_back(page);
    }
  }
  if (gone.empty()) {
    return;
  }
  const uint64_t seen = report.AllCopies();
  const uint64_t missing =
      report.kernel_copies
          ? *report.kernel_copies - std::min(seen, *report.kernel_copies)
          : gone.size() * (kFaultsPerChain - 1);
  for (uint64_t i = 0; i < missing; ++i) {
    CountCopy(memory,
              {.kind = WriteKind::kCopy,
               .inherited = true,
               .of_zero_page = false,
               .peers = {}},
              gone[i % gone.size()], kNotSampled);
  }
  report.unseen += missing;
}

// Counts copies of write-protected pages that no fork shared: pages of a
// private file mapping, copied at the first write, and the zero page, mapped by
// an earlier read.
void Tracer::CountCacheCopies(MemoryId memory) {
  Ledger& ledger = ledgers_[memory];
  std::vector<uintptr_t>& reads = ledger.reads;
  auto& writes = ledger.protected_writes;
  std::sort(reads.begin(), reads.end());
  std::sort(writes.begin(), writes.end());  // unique() then keeps a false
  writes.erase(std::unique(writes.begin(), writes.end(),
                           [](const auto& a, const auto& b) {
                             return a.first == b.first;
                           }),
               writes.end());
  absl::Span<const probe::ProcessMapping> mappings = ledger.mappings;
  const probe::ProcessPages* const inherited = sharing_.shared(memory).get();
  if (mappings.empty() && inherited != nullptr) {
    mappings = inherited->mappings();
  }
  for (const auto& [page, was_copied] : writes) {
    const probe::ProcessMapping* const mapping =
        probe::FindMapping(mappings, page);
    const bool is_of_file =
        mapping != nullptr && mapping->is_file && !was_copied &&
        (inherited == nullptr || inherited->Find(page) == nullptr);
    if (is_of_file || std::binary_search(reads.begin(), reads.end(), page)) {
      ++report_.processes[memory].copied_from_cache;
    }
  }
  writes = {};
  reads = {};
}

Report Tracer::Finish() {
  IsReady();
  const int64_t now = NowNanoseconds();
  for (MemoryId memory = 0; memory < report_.processes.size(); ++memory) {
    ProcessReport& report = report_.processes[memory];
    if (report.end == 0) {
      report.end = now;
      ResolveCulprits(memory, {});
    }
    if (report_.interval != 0) {
      const auto length = static_cast<size_t>(
          (report.end - report.begin) / report_.interval + 1);
      Accumulate(report.copied, length, &report.copied_over_time);
      Accumulate(report.peer_copied, length, &report.peer_copied_over_time);
    }
  }
  const auto unreadable = std::count_if(
      report_.processes.begin(), report_.processes.end(),
      [](const ProcessReport& process) { return process.unreadable; });
  if (unreadable != 0) {
    report_.notes.push_back(absl::StrCat(
        unreadable, unreadable == 1 ? " process" : " processes",
        " could not be looked at (/proc/<pid>/pagemap): what they copied is "
        "not known, but to root"));
  }
  if (ignored_bits_ != 0) {
    report_.notes.push_back(absl::StrCat(
        "the kernel ignored a set-user-ID bit ", ignored_bits_,
        ignored_bits_ == 1 ? " time" : " times",
        ", as it does for a program that a user traces: without us it runs as "
        "another user"));
  }
  report_.lost_samples = rings_ ? rings_->lost() : 0;
  report_.has_blame = rings_.has_value();
  report_.is_sampled = UnseenChain() == kNotSampled;
  return std::move(report_);
}

}  // namespace cowbench::trace
