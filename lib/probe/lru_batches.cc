#include "lib/probe/lru_batches.h"

#include <sched.h>
#include <sys/mman.h>

#include <cstdint>

#include "lib/probe/mappings.h"

namespace cowbench::probe {

void DrainLruBatches() {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0) {
    return;
  }
  // A page of the stack: it is there, and stays.
  const uintptr_t page =
      reinterpret_cast<uintptr_t>(&allowed) / PageSize() * PageSize();
  for (size_t cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &allowed)) {
      cpu_set_t one;
      CPU_ZERO(&one);
      CPU_SET(cpu, &one);
      sched_setaffinity(0, sizeof(one), &one);
      madvise(reinterpret_cast<void*>(page), PageSize(), MADV_COLD);
    }
  }
  sched_setaffinity(0, sizeof(allowed), &allowed);
}

}  // namespace cowbench::probe
