// Pages that the kernel moves to another frame while nobody asks for it, for
// example to make room for huge pages (mm/compaction.c), or between the nodes
// of the machine (mm/migrate.c).
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

// A number that grows when the kernel begins and when it ends to move pages,
// on the whole system: compact_isolated and pgmigrate_success of /proc/vmstat,
// which count pages in batches. 1 where the kernel does not report them.
// Allocates nothing.
uint64_t MigrationCount();

// Calls `read`, which looks at page tables, until no page was moved since
// `*count` was taken, and takes that again. Gives up when pages are moved all
// the time. `*count` may be 0 at first. Errors: those of `read`.
absl::Status ReadUndisturbed(absl::FunctionRef<absl::Status()> read,
                             uint64_t* count);

}  // namespace cowbench::probe

#endif  // COWBENCH_LIB_PROBE_MIGRATIONS_H_
