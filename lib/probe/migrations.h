// Pages that the kernel moves to another frame while nobody asks for it, for
// example to make room for huge pages (mm/compaction.c), into a huge page
// (mm/khugepaged.c), or between the nodes of the machine (mm/migrate.c).
//
// While a page is being moved, pagemap shows it as swapped. The kernel gives it
// back to one process after the other (mm/rmap.c, remove_migration_ptes): in
// between, a page that several processes share looks private. Afterwards, it
// has another frame although nobody copied it.
#ifndef COWBENCH_LIB_PROBE_MIGRATIONS_H_
#define COWBENCH_LIB_PROBE_MIGRATIONS_H_

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"

namespace cowbench::probe {

// What the kernel has done so far on the whole system, from /proc/vmstat. 0
// where the kernel does not report it. Allocates nothing.
struct KernelActions {
  // To another frame, or tried to: pgmigrate_success, pgmigrate_fail. Counted
  // in batches, a moment after they moved (mm/migrate.c, migrate_pages).
  uint64_t migrated_pages = 0;
  // About to be moved, or to be moved to: compact_isolated.
  uint64_t isolated_pages = 0;
  // Made of small ones, mostly by khugepaged: thp_collapse_alloc.
  uint64_t collapsed_huge_pages = 0;
};
KernelActions ReadKernelActions();

// The sum, which grows when the kernel has moved pages, and in compaction also
// when it begins to. Never 0.
uint64_t MigrationCount();

// Calls `read`, which looks at page tables, until no page was moved since
// `*count` was taken, and takes that again. `*count` may be 0 at first. Gives
// up after a tenth of a second; then `*count` differs from all later ones.
// Errors: those of `read`.
absl::Status ReadUndisturbed(absl::FunctionRef<absl::Status()> read,
                             uint64_t* count);

}  // namespace cowbench::probe

#endif  // COWBENCH_LIB_PROBE_MIGRATIONS_H_
