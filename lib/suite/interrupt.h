// Ctrl-C, and other reasons to end a run early.
#ifndef COWBENCH_LIB_SUITE_INTERRUPT_H_
#define COWBENCH_LIB_SUITE_INTERRUPT_H_

namespace cowbench {

// From the first call on, SIGINT, SIGTERM, SIGHUP and other signals that would
// end the process interrupt the run, unless they were ignored before, and so
// does Interrupt(): the descriptor that is returned becomes readable, for
// good. A second SIGINT or SIGQUIT ends the process. SIGPIPE is ignored.
int InterruptFd();

void Interrupt();
bool Interrupted();

// The message of a case that was not run, or not to its end, because the user
// interrupted the run. Such cases are not reported.
inline constexpr char kInterrupted[] = "interrupted";

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_INTERRUPT_H_
