// Locations of instructions in a form that outlives the process: a file and an
// offset in it.
#ifndef COWBENCH_LIB_TRACE_PLACES_H_
#define COWBENCH_LIB_TRACE_PLACES_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "lib/probe/process_pages.h"
#include "lib/trace/chain_table.h"

namespace cowbench::trace {

struct Place {
  std::string file;     // empty: code generated at run time
  uint64_t offset = 0;  // in the file; the address if there is none
  pid_t process = 0;    // owner of the address; 0 if there is a file
  uid_t user = 0;       // who ran that process
};

// Tables of places and call paths that store each one once.
class Places {
 public:
  // Returns the number of the call path for a chain of addresses in a process
  // with these mappings. A path is a list of places. 0 is the empty path.
  uint32_t Resolve(absl::Span<const uint64_t> chain,
                   absl::Span<const probe::ProcessMapping> mappings,
                   pid_t process);

  // The numbers of the places on a path, the innermost first.
  absl::Span<const uint64_t> path(uint32_t number) const {
    return paths_.Get(number);
  }
  const Place& place(uint64_t number) const { return places_[number]; }
  size_t size() const { return places_.size(); }

 private:
  uint64_t PlaceOf(uint64_t address,
                   absl::Span<const probe::ProcessMapping> mappings,
                   pid_t process);

  ChainTable paths_;
  std::vector<Place> places_;
  absl::flat_hash_map<std::pair<std::string, uint64_t>, uint64_t> numbers_;
};

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_PLACES_H_
