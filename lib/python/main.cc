#include "lib/python/catalog.h"
#include "lib/python/interpreter.h"
#include "lib/subject/subject_main.h"

namespace cowbench {
int Main() {
  return SubjectMain(python::MakeRunnable<python::kLayouts>(),
                     python::Version());
}
}  // namespace cowbench

int main() { return cowbench::Main(); }
