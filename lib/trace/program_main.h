// The main function of //benchmarks:program.
#ifndef COWBENCH_LIB_TRACE_PROGRAM_MAIN_H_
#define COWBENCH_LIB_TRACE_PROGRAM_MAIN_H_

namespace cowbench::trace {

// Traces the command that stands in `argv` and returns the exit status; does
// not return where the command was killed by a signal, but dies of the same.
int ProgramMain(int argc, char** argv);

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_PROGRAM_MAIN_H_
