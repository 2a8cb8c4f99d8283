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
  // To another frame: pgmigrate_success. Counted in batches, a moment after
  // they moved (mm/migrate.c, migrate_pages).
  uint64_t migrated_pages = 0;
  // That could not be moved: pgmigrate_fail.
  uint64_t failed_pages = 0;
  // About to be moved, or to be moved to: compact_isolated.
  uint64_t isolated_pages = 0;
  // Made of small ones, mostly by khugepaged: thp_collapse_alloc.
  uint64_t collapsed_huge_pages = 0;

  friend bool operator==(const KernelActions&, const KernelActions&) = default;
};
KernelActions ReadKernelActions();

// Calls `read`, which looks at page tables, until the kernel did nothing since
// `*actions` were read, and reads those again. They may be zero at first. Gives
// up after a tenth of a second; then they differ from all later ones. Errors:
// those of `read`.
absl::Status ReadUndisturbed(absl::FunctionRef<absl::Status()> read,
                             KernelActions* actions);

}  // namespace cowbench::probe

#endif  // COWBENCH_LIB_PROBE_MIGRATIONS_H_
