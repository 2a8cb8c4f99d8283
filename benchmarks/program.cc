// Counts what any program's children copy after fork(), and names the code that
// causes it.
#include "lib/trace/program_main.h"

int main(int argc, char** argv) {
  return cowbench::trace::ProgramMain(argc, argv);
}
