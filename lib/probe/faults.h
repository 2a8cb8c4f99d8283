// Page faults of this process.
#ifndef COWBENCH_LIB_PROBE_FAULTS_H_
#define COWBENCH_LIB_PROBE_FAULTS_H_

#include <sys/resource.h>

#include <cstdint>

namespace cowbench::probe {

// Faults since the process started, from getrusage(2). A minor fault needed no
// I/O. A fault that the kernel retried counts as major in any case
// (mm/memory.c, mm_account_fault).
struct Faults {
  int64_t minor = 0;
  int64_t major = 0;
};

// False, with errno, when the kernel or a seccomp filter refuses the call.
inline bool ReadFaults(Faults* faults) {
  rusage usage;
  if (getrusage(RUSAGE_SELF, &usage) != 0) {
    return false;
  }
  *faults = {.minor = usage.ru_minflt, .major = usage.ru_majflt};
  return true;
}

}  // namespace cowbench::probe

#endif  // COWBENCH_LIB_PROBE_FAULTS_H_
