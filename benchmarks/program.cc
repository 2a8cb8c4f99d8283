// What any program's children copy after fork(), and which code is to blame.
#include "lib/trace/program_main.h"

int main(int argc, char** argv) {
  return cowbench::trace::ProgramMain(argc, argv);
}
