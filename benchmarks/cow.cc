// Measures all combinations of layouts, patterns, sizes and allocators.
//
// One iteration forks, runs the pattern in every child, counts the pages that
// each child copied, and reaps the children. Not measured: building the data
// set, reading page states, and the first fork of each case.
#include "lib/suite/suite_main.h"
#include "lib/workload/catalog.h"

int main(int argc, char** argv) {
  return cowbench::SuiteMain(argc, argv, cowbench::workload::MakeCatalog(),
                             COWBENCH_ALLOCATORS, "lib/subject/subject_");
}
