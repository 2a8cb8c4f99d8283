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

// find_packages() finds the packages of the distribution as the module site
// would, but without a list of the folder that all packages share, and without
// the commands in its .pth files: the heap would depend on what else is
// installed. fix_inputs() is for layouts that import numpy: it stores numbers
// that differ from run to run, and how many bytes an int object takes depends
// on its value. IDs below 257 are shared objects, random bits may begin with
// zeros.
constexpr char kSetUp[] = R"(
def find_packages():
  import importlib.util, os, site, sys

  class Finder:
    folders = site.getsitepackages()

    @classmethod
    def find_spec(cls, name, path=None, target=None):
      if path is None:
        for folder in cls.folders:
          for file in f'{name}/__init__.py', f'{name}.py':
            file = os.path.join(folder, file)
            if os.path.isfile(file):
              return importlib.util.spec_from_file_location(name, file)

  sys.meta_path.append(Finder)

def fix_inputs():
  import _thread, secrets
  _thread.get_native_id = lambda: 1000
  secrets.randbits = lambda bits: 1 << (bits - 1)

find_packages()
)";

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
  config.site_import = 0;  // kSetUp is in its place
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
  Execute(kSetUp);
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
