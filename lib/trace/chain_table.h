// A table of call chains that stores each distinct chain once.
#ifndef COWBENCH_LIB_TRACE_CHAIN_TABLE_H_
#define COWBENCH_LIB_TRACE_CHAIN_TABLE_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"

namespace cowbench::trace {

// Stands for a chain's number where a chain exists but was not recorded.
inline constexpr uint32_t kNotSampled = 0xffff'ffff;

class ChainTable {
 public:
  // Returns the number of a chain, adding the chain if it is new. A chain is a
  // list of instruction addresses in user space, the innermost first. Number 0
  // is the empty chain.
  uint32_t Intern(absl::Span<const uint64_t> chain) {
    if (chain.empty()) {
      return 0;
    }
    const uint64_t hash = absl::Hash<absl::Span<const uint64_t>>()(chain);
    // On a hash collision, the chain takes the next free slot.
    for (uint64_t slot = hash;; ++slot) {
      const auto [at, is_new] =
          numbers_.try_emplace(slot, static_cast<uint32_t>(begins_.size()));
      if (is_new) {
        begins_.push_back(addresses_.size());
        addresses_.insert(addresses_.end(), chain.begin(), chain.end());
        return at->second;
      }
      if (Get(at->second) == chain) {
        return at->second;
      }
    }
  }

  absl::Span<const uint64_t> Get(uint32_t number) const {
    const size_t end =
        number + 1 < begins_.size() ? begins_[number + 1] : addresses_.size();
    return absl::MakeConstSpan(addresses_)
        .subspan(begins_[number], end - begins_[number]);
  }

 private:
  absl::flat_hash_map<uint64_t, uint32_t> numbers_;  // by hash
  std::vector<size_t> begins_ = {0};
  std::vector<uint64_t> addresses_;
};

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_CHAIN_TABLE_H_
