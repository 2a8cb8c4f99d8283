// Ctrl-C.
#ifndef COWBENCH_LIB_SUITE_INTERRUPT_H_
#define COWBENCH_LIB_SUITE_INTERRUPT_H_

namespace cowbench {

// From the first call on, the first SIGINT or SIGTERM makes the descriptor
// that is returned readable, for good; the second one ends the process.
int InterruptFd();

// Whether that has happened.
bool Interrupted();

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_INTERRUPT_H_
