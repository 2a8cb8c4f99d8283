#include "benchmarks/testing/python_faults.h"
#include "lib/suite/suite_main.h"

int main(int argc, char** argv) {
  cowbench::workload::Catalog catalog;
  for (const cowbench::python::Layout& layout : cowbench::python::kFaults) {
    catalog.push_back(cowbench::python::Describe(layout));
  }
  return cowbench::SuiteMain(argc, argv, catalog, COWBENCH_ALLOCATORS,
                             "benchmarks/testing/python_faults_subject_");
}
