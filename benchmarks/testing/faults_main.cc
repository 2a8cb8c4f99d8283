#include "benchmarks/testing/faults.h"
#include "lib/suite/suite_main.h"

int main(int argc, char** argv) {
  return cowbench::SuiteMain(
      argc, argv,
      {cowbench::MakeFaultsCatalog(), COWBENCH_ALLOCATORS,
       "benchmarks/testing/faults_subject_"});
}
