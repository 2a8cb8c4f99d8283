// Crosses layouts and statements of CPython with sizes and allocators.
//
// One iteration forks, evaluates a statement in every child and reaps them, as
// in cow.cc; the data set is built by a Python expression. Not measured:
// starting the interpreter, importing, and compiling the statements.
#include "lib/python/layouts.h"
#include "lib/python/seed.h"
#include "lib/suite/suite_main.h"

int main(int argc, char** argv) {
  return cowbench::SuiteMain(
      argc, argv, cowbench::python::Describe<cowbench::python::kLayouts>(),
      COWBENCH_ALLOCATORS, "lib/python/subject_",
      cowbench::python::kSeedPresets);
}
