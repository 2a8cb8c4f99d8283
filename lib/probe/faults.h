// Page faults of this process.
#ifndef COWBENCH_LIB_PROBE_FAULTS_H_
#define COWBENCH_LIB_PROBE_FAULTS_H_

#include <sys/resource.h>

#include <cstdint>

namespace cowbench::probe {

// Since the process started, getrusage(2). A minor fault needed no I/O; one
// that had to be retried counts as major whatever it needed (mm/memory.c,
// mm_account_fault).
struct Faults {
  int64_t minor = 0;
  int64_t major = 0;

  int64_t total() const { return minor + major; }
  bool operator==(const Faults&) const = default;
};

inline Faults FaultsSoFar() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return {.minor = usage.ru_minflt, .major = usage.ru_majflt};
}

}  // namespace cowbench::probe

#endif  // COWBENCH_LIB_PROBE_FAULTS_H_
