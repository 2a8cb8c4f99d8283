// The ways to start a program.
#ifndef COWBENCH_BENCHMARKS_SPAWN_METHODS_H_
#define COWBENCH_BENCHMARKS_SPAWN_METHODS_H_

#include <sys/types.h>

#include <span>

namespace cowbench::spawn {

struct Program {
  const char* path;
  // What the child does before it executes the program; null: nothing. Only a
  // method that `runs_code` calls it. With vfork(2) it runs in the parent's
  // memory while the caller waits.
  void (*before_exec)() = nullptr;
};

struct Method {
  const char* name;
  // Whether there is a child that runs code of the caller's before it executes
  // the program.
  bool runs_code;
  // Whether the child has page tables of its own, so that parent and child
  // share pages that are copied when they are written to.
  bool copies_tables;
  // Returns the child, or -1 with errno. A child that cannot execute the
  // program exits with status 127.
  pid_t (*start)(const Program& program);
};

// fork(2); vfork(2); posix_spawn(3), which in glibc is clone(2) with CLONE_VM
// and CLONE_VFORK and a stack of its own (sysdeps/unix/sysv/linux/spawni.c);
// and clone3(2) with CLONE_VFORK alone, a fork() that returns when the program
// has been executed.
std::span<const Method> Methods();

}  // namespace cowbench::spawn

#endif  // COWBENCH_BENCHMARKS_SPAWN_METHODS_H_
