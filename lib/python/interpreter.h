// CPython in this process, started so that its memory layout is the same in
// every run.
#ifndef COWBENCH_LIB_PYTHON_INTERPRETER_H_
#define COWBENCH_LIB_PYTHON_INTERPRETER_H_

// Python.h must be included first.
#include <Python.h>

#include <string>

namespace cowbench::python {

// The version of the linked library, such as "CPython 3.11.2". Works before
// Start().
std::string Version();

// Starts the interpreter, once: isolated from the environment and the user,
// with a fixed seed for string hashes, without writing bytecode, with one
// thread. After this, fork() does what os.fork() does. The only environment
// variable with an effect is PYTHONMALLOC=malloc (Doc/c-api/init_config.rst,
// "Isolated Configuration").
// All functions here throw std::runtime_error with one line, the name and
// message of the Python exception. `home` is the prefix of the standard
// library; null means that of /usr/bin/python3.
void Start(const wchar_t* home = nullptr);

// The module in which all code below runs.
PyObject* MainModule();

void Execute(const char* statements);
// Returns the value of an expression as a new reference.
PyObject* Evaluate(const char* expression);
// Returns a new function with these parameters and this one line as its body.
PyObject* Define(const std::string& parameters, const char* statement);

// Returns `object`; if it is null, throws the exception that Python has set.
PyObject* Checked(PyObject* object);

}  // namespace cowbench::python

#endif  // COWBENCH_LIB_PYTHON_INTERPRETER_H_
