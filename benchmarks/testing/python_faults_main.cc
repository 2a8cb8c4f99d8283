#include "benchmarks/testing/python_faults.h"
#include "lib/suite/suite_main.h"

int main(int argc, char** argv) {
  return cowbench::SuiteMain(
      argc, argv,
      {cowbench::python::Describe<cowbench::python::kFaults>(),
       COWBENCH_ALLOCATORS, "benchmarks/testing/python_faults_subject_"});
}
