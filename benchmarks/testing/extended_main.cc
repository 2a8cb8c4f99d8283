#include "benchmarks/testing/extended.h"
#include "lib/suite/suite_main.h"

int main(int argc, char** argv) {
  return cowbench::SuiteMain(
      argc, argv,
      {cowbench::MakeExtendedCatalog(), COWBENCH_ALLOCATORS,
       "benchmarks/testing/extended_subject_"});
}
