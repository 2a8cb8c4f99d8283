// The ways to start a program.
#ifndef COWBENCH_BENCHMARKS_SPAWN_METHODS_H_
#define COWBENCH_BENCHMARKS_SPAWN_METHODS_H_

#include <sys/types.h>

#include <span>

namespace cowbench::spawn {

struct Program {
  const char* path;
  // What the child does before it executes the program; null: nothing. Only
  // methods with `runs_code` call it. With vfork(2) it runs in the memory of
  // the parent while the caller waits.
  void (*before_exec)() = nullptr;
};

struct Method {
  const char* name;
  // Whether the child runs the caller's code before it executes the program.
  bool runs_code;
  // Whether the child has its own page tables, so that it shares pages with the
  // parent copy-on-write.
  bool copies_tables;
  // Returns the process ID of the child, or -1 with errno set. A child that
  // cannot execute the program exits with status 127.
  pid_t (*start)(const Program& program);
};

// The methods: fork(2); vfork(2); posix_spawn(3), which glibc implements by
// clone(2) with CLONE_VM, CLONE_VFORK and a stack of its own
// (sysdeps/unix/sysv/linux/spawni.c); and clone3(2) with CLONE_VFORK alone,
// which is a fork() that returns after the child has executed the program.
std::span<const Method> Methods();

}  // namespace cowbench::spawn

#endif  // COWBENCH_BENCHMARKS_SPAWN_METHODS_H_
