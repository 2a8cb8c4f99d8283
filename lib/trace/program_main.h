// The main function of //benchmarks:program.
#ifndef COWBENCH_LIB_TRACE_PROGRAM_MAIN_H_
#define COWBENCH_LIB_TRACE_PROGRAM_MAIN_H_

namespace cowbench::trace {

// Traces the command in `argv` and returns the exit status. If a signal killed
// the command, dies of the same signal instead.
int ProgramMain(int argc, char** argv);

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_PROGRAM_MAIN_H_
