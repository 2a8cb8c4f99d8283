#ifndef COWBENCH_LIB_PROBE_LRU_BATCHES_H_
#define COWBENCH_LIB_PROBE_LRU_BATCHES_H_

namespace cowbench::probe {

// Empties the batches in which each CPU gathers pages before it puts them on
// the LRU lists (mm/swap.c), for all CPUs that the calling thread may run on. A
// page in a batch of another CPU is copied on write although nobody else has
// it, because the batch holds a reference (mm/memory.c,
// wp_can_reuse_anon_folio).
//
// Runs on each of these CPUs in turn, where madvise(MADV_COLD) empties the
// batches first of all (mm/madvise.c, madvise_cold). Does nothing where the
// kernel refuses. Writes to no memory but a few hundred bytes of stack.
void DrainLruBatches();

}  // namespace cowbench::probe

#endif  // COWBENCH_LIB_PROBE_LRU_BATCHES_H_
