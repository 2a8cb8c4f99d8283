// Measures all combinations of layouts and statements of CPython, sizes and
// allocators.
//
// One iteration is as in cow.cc, but each child runs a Python statement, and a
// Python expression builds the data set. Also not measured: starting the
// interpreter, importing, and compiling the statements.
#include "benchmark/benchmark.h"
#include "lib/python/layouts.h"
#include "lib/python/packages.h"
#include "lib/python/seed.h"
#include "lib/suite/suite_main.h"

int main(int argc, char** argv) {
  benchmark::AddCustomContext("python_packages", cowbench::python::Packages());
  return cowbench::SuiteMain(
      argc, argv, cowbench::python::Describe<cowbench::python::kLayouts>(),
      COWBENCH_ALLOCATORS, "lib/python/subject_",
      cowbench::python::kSeedPresets);
}
