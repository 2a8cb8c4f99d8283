// Crosses layouts, patterns, sizes and allocators.
//
// One iteration forks, runs the pattern in every child and reaps them; what
// it copied is counted in each child. Not measured: building the data set,
// the probe's own reading, and the first fork of each case.
#include "lib/suite/suite_main.h"
#include "lib/workload/catalog.h"

int main(int argc, char** argv) {
  return cowbench::SuiteMain(argc, argv, cowbench::workload::MakeCatalog(),
                             COWBENCH_ALLOCATORS, "lib/subject/subject_");
}
