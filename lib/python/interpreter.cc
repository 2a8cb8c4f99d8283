#include "lib/python/interpreter.h"

#include <pthread.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <string_view>

namespace cowbench::python {
namespace {

[[noreturn]] void Throw(std::string message) {
  // Tables have only one line for a message.
  std::replace(message.begin(), message.end(), '\n', ' ');
  throw std::runtime_error(message);
}

void Check(const PyStatus& status) {
  if (PyStatus_Exception(status) != 0) {
    Throw(std::string("the Python interpreter cannot start: ") +
          (status.func != nullptr ? std::string(status.func) + ": " : "") +
          (status.err_msg != nullptr ? status.err_msg : "it exited"));
  }
}

std::string Text(PyObject* object) {
  PyObject* const text = object == nullptr ? nullptr : PyObject_Str(object);
  const char* const utf8 = text == nullptr ? nullptr : PyUnicode_AsUTF8(text);
  std::string result = utf8 == nullptr ? "" : utf8;
  Py_XDECREF(text);
  PyErr_Clear();
  return result;
}

}  // namespace

std::string Version() {
  const std::string_view version = Py_GetVersion();
  return "CPython " + std::string(version.substr(0, version.find(' ')));
}

void Start(const wchar_t* home) {
  PyPreConfig before;
  PyPreConfig_InitIsolatedConfig(&before);
  const char* const allocator = getenv("PYTHONMALLOC");
  before.allocator =
      allocator != nullptr && std::string_view(allocator) == "malloc"
          ? PYMEM_ALLOCATOR_MALLOC
          : PYMEM_ALLOCATOR_PYMALLOC;
  before.utf8_mode = 1;
  Check(Py_PreInitialize(&before));

  PyConfig config;
  PyConfig_InitIsolatedConfig(&config);
  config.use_hash_seed = 1;
  config.hash_seed = 0;
  config.write_bytecode = 0;
  config.site_import = 1;  // finds packages of the distribution
  PyStatus status =
      PyConfig_SetString(&config, &config.program_name, L"/usr/bin/python3");
  if (PyStatus_Exception(status) == 0 && home != nullptr) {
    status = PyConfig_SetString(&config, &config.home, home);
  }
  if (PyStatus_Exception(status) == 0) {
    status = Py_InitializeFromConfig(&config);
  }
  PyConfig_Clear(&config);
  Check(status);
  // What os.fork() does around fork(2): Modules/posixmodule.c.
  pthread_atfork(PyOS_BeforeFork, PyOS_AfterFork_Parent, PyOS_AfterFork_Child);
}

PyObject* MainModule() { return Checked(PyImport_AddModule("__main__")); }

PyObject* Checked(PyObject* object) {
  if (object == nullptr) {
    PyObject* type;
    PyObject* value;
    PyObject* trace;
    PyErr_Fetch(&type, &value, &trace);
    PyErr_NormalizeException(&type, &value, &trace);
    const std::string name =
        value == nullptr ? "no exception" : Py_TYPE(value)->tp_name;
    const std::string message = Text(value);
    Throw(message.empty() ? name : name + ": " + message);
  }
  return object;
}

void Execute(const char* statements) {
  PyObject* const names = PyModule_GetDict(MainModule());
  Py_DECREF(Checked(PyRun_String(statements, Py_file_input, names, names)));
}

PyObject* Evaluate(const char* expression) {
  PyObject* const names = PyModule_GetDict(MainModule());
  return Checked(PyRun_String(expression, Py_eval_input, names, names));
}

PyObject* Define(const std::string& parameters, const char* statement) {
  Execute(("def statement(" + parameters + "):\n  " + statement).c_str());
  return Evaluate("statement");
}

}  // namespace cowbench::python
