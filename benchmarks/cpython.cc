// Measures all combinations of layouts and statements of CPython, sizes and
// allocators.
//
// One iteration is as in cow.cc, but each child runs a Python statement, and a
// Python expression builds the data set. Also not measured: starting the
// interpreter, importing, and compiling the statements.
#include "lib/python/layouts.h"
#include "lib/python/packages.h"
#include "lib/python/seed.h"
#include "lib/suite/suite_main.h"

int main(int argc, char** argv) {
  namespace python = cowbench::python;
  return cowbench::SuiteMain(
      argc, argv,
      {.catalog = python::Describe<python::kLayouts>(),
       .allocators = COWBENCH_ALLOCATORS,
       .subject_prefix = "lib/python/subject_",
       .presets = python::kSeedPresets,
       .context = []() -> cowbench::ContextItems {
         return {{"python_packages", python::Packages()}};
       }});
}
