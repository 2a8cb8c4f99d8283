#include "benchmarks/testing/python_faults.h"
#include "lib/python/catalog.h"
#include "lib/subject/subject_main.h"

int main() {
  return cowbench::SubjectMain(
      cowbench::python::MakeRunnable<cowbench::python::kFaults>());
}
