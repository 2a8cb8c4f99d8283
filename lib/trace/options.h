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
  pid_t attach = 0;  // a running process to trace instead of a command
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
    "Says what each forked child of a program copied, exactly, and which "
    "code is\nto blame.\n\n"
    "  bazel run //benchmarks:program -- [flags] -- COMMAND [ARGUMENTS...]\n"
    "  bazel run //benchmarks:program -- --attach=PID [flags]\n\n"
    "  --attach=PID\n"
    "      A process that runs already, and what it starts from now on, until\n"
    "      Ctrl-C.\n"
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
    "      See one page fault in 31, and count by the page tables: costs\n"
    "      little, but takes root, and estimates what was given back. "
    "Default:\n"
    "      all.\n"
    "  --benchmark_out=FILE\n"
    "      Rows as JSON, for compare and all other scripts.\n"
    "  --interval=TIME\n"
    "      With --benchmark_out: what each child had copied, every TIME, "
    "such as\n      100ms.\n"
    "  --benchmark_repetitions=N\n"
    "      Run the command N times.\n\n"
    "The table has a row for each child; 2.1 is the first child of child 2:\n"
    "  copied     what its writes made the kernel copy\n"
    "  by parent  what its parent's writes did, of pages that both shared\n"
    "  shared     private memory that it shared with its parent at birth\n"
    "  fresh      memory that it got later: no copies\n"
    "  lost       the part of the shared memory that it copied\n"
    "  minflt     its minor faults\n"
    "  lived      from its birth to its end, or to its exec\n\n"
    "The exit status is the command's; 2 for a mistake, before it is run; 126 "
    "if it\ncannot be executed, 127 if there is no such command.\n";

// Errors: kInvalidArgument; the message names the flag.
absl::StatusOr<Options> ParseOptions(int argc, char** argv);

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_OPTIONS_H_
