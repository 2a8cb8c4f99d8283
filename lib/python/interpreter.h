// CPython in this process, started so that its memory looks the same every
// time.
#ifndef COWBENCH_LIB_PYTHON_INTERPRETER_H_
#define COWBENCH_LIB_PYTHON_INTERPRETER_H_

// Python.h must be included first.
#include <Python.h>

#include <string>

namespace cowbench::python {

// "CPython 3.11.2", of the library that is linked. Needs no interpreter.
std::string Version();

// Starts the interpreter, once: isolated from environment and user, strings
// hashed with a fixed seed, no bytecode written, one thread. fork() then does
// what os.fork() does. The only variable of the environment that has an effect
// is PYTHONMALLOC=malloc (Doc/c-api/init_config.rst, "Isolated Configuration").
//
// All functions here throw std::runtime_error with one line, the name of the
// Python exception and its message. `home` is the prefix of the standard
// library; null for that of /usr/bin/python3.
void Start(const wchar_t* home = nullptr);

// The module that everything below runs in.
PyObject* MainModule();

// Runs statements.
void Execute(const char* statements);
// The value of an expression; a new reference.
PyObject* Evaluate(const char* expression);
// A new function with these parameters and this one line as its body.
PyObject* Define(const std::string& parameters, const char* statement);

// `object`, or the exception that Python has set where it is null.
PyObject* Checked(PyObject* object);

}  // namespace cowbench::python

#endif  // COWBENCH_LIB_PYTHON_INTERPRETER_H_
