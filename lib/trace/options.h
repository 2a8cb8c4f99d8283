// The command line of //benchmarks:program.
#ifndef COWBENCH_LIB_TRACE_OPTIONS_H_
#define COWBENCH_LIB_TRACE_OPTIONS_H_

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lib/trace/session.h"

namespace cowbench::trace {

struct Options {
  bool help = false;
  pid_t attach = 0;  // a process that runs already, instead of a command
  absl::Duration duration = absl::InfiniteDuration();  // with attach
  char** command = nullptr;            // ends with a null pointer
  std::string name;                    // in the rows: program/<name>
  std::string out;                     // a file for the rows; empty: none
  std::string stacks;                  // likewise, for call paths
  int repetitions = 1;                 // runs of the command
  std::optional<uint64_t> max_copied;  // bytes
  TraceOptions trace;
};

inline constexpr char kHelp[] =
    "Says what each forked child of a program copied, exactly, and which code "
    "is to blame.\n\n"
    "  bazel run //benchmarks:program -- [flags] -- COMMAND [ARGUMENTS...]\n"
    "  bazel run //benchmarks:program -- --attach=PID [flags]\n\n"
    "  --attach=PID\n"
    "      A process that runs already, and what it starts from now on, until "
    "Ctrl-C.\n"
    "  --duration=TIME\n"
    "      With --attach: end after this time, such as 30s or 5m.\n"
    "  --name=NAME\n"
    "      What the rows are called: program/NAME/child:1. Else the command's "
    "name.\n"
    "  --max_copied=SIZE\n"
    "      Exit status 1 when a child copied more than this, such as 20MiB.\n"
    "  --stacks=FILE\n"
    "      Call paths of the copies, folded, for flame graphs.\n"
    "  --call_graph=dwarf\n"
    "      Find callers where code keeps no frame pointers, by the tables for\n"
    "      exceptions. Default: fp, which costs less.\n"
    "  --faults=sampled\n"
    "      See one page fault in 31, and count by the page tables: costs "
    "little, "
    "but takes\n      root, and estimates what was given back. Default: all.\n"
    "  --benchmark_out=FILE\n"
    "      Rows as JSON, for compare and all other scripts.\n"
    "  --interval=TIME\n"
    "      With --benchmark_out: what each child had copied, every TIME, such "
    "as 100ms.\n"
    "  --benchmark_repetitions=N\n"
    "      Run the command N times.\n\n"
    "The exit status is the command's; 2 for a mistake, before it is run; 126 "
    "if it cannot\nbe executed, 127 if there is no such command.\n";

// Errors: kInvalidArgument, naming the flag.
absl::StatusOr<Options> ParseOptions(int argc, char** argv);

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_OPTIONS_H_
