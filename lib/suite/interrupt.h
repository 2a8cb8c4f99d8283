// Interrupts a run on Ctrl-C and on other signals.
#ifndef COWBENCH_LIB_SUITE_INTERRUPT_H_
#define COWBENCH_LIB_SUITE_INTERRUPT_H_

namespace cowbench {

// Returns a descriptor that becomes readable, for good, when the run is
// interrupted: by Interrupt(), or by SIGINT, SIGTERM, SIGHUP and other signals
// that would end the process, unless they are ignored already. A second SIGINT
// or SIGQUIT ends the process. The first call installs the handlers, and
// ignores SIGPIPE.
int InterruptFd();

void Interrupt();
bool Interrupted();

// The message of a case that did not run to its end because of an interrupt.
// Such cases are not reported.
inline constexpr char kInterrupted[] = "interrupted";

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_INTERRUPT_H_
