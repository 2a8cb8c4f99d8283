#include "lib/python/catalog.h"

#include <stdexcept>

namespace cowbench::python::internal {
namespace {

// The one data set of the process.
struct DataSet {
  PyObject* data;
  PyObject* elements;
};

DataSet the_data_set;

// Visits the memory that only `object` refers to and that statements use: ints,
// and the code of a function with its ints.
void VisitOwned(PyObject* object, workload::MemoryVisitor visit) {
  if (PyLong_CheckExact(object)) {
    visit(object, kInt);
  } else if (PyCode_Check(object)) {
    PyObject* const bytes =
        Checked(PyObject_CallMethod(object, "__sizeof__", nullptr));
    visit(object, PyLong_AsSize_t(bytes));
    Py_DECREF(bytes);
    PyObject* const constants =
        reinterpret_cast<PyCodeObject*>(object)->co_consts;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(constants); ++i) {
      VisitOwned(PyTuple_GET_ITEM(constants, i), visit);
    }
  }
}

// Visits the object of an element and the memory that only it refers to.
void VisitObject(const Layout& layout, PyObject* object,
                 workload::MemoryVisitor visit) {
  constexpr size_t kCollectorHeader = 16;  // Include/internal/pycore_gc.h
  const bool tracked = PyObject_IS_GC(object) != 0;
  visit(
      reinterpret_cast<const char*>(object) - (tracked ? kCollectorHeader : 0),
      layout.object_bytes);
  if (tracked) {
    Py_TYPE(object)->tp_traverse(
        object,
        [](PyObject* referent, void* visitor) {
          VisitOwned(referent, *static_cast<workload::MemoryVisitor*>(visitor));
          return 0;
        },
        &visit);
  }
}

// Visits the array, if any, and the objects of the elements.
void VisitHolder(const Layout& layout, PyObject* holder,
                 workload::MemoryVisitor visit) {
  PyObject* const* items = nullptr;
  size_t count = 0;
  if (PyDict_Check(holder)) {
    Py_ssize_t position = 0;
    PyObject* value;
    while (PyDict_Next(holder, &position, nullptr, &value) != 0) {
      VisitObject(layout, value, visit);
    }
  } else if (PyList_Check(holder) || PyTuple_Check(holder)) {
    items = PySequence_Fast_ITEMS(holder);
    count = static_cast<size_t>(PySequence_Fast_GET_SIZE(holder));
  } else {
    Py_buffer buffer;
    if (PyObject_GetBuffer(holder, &buffer, PyBUF_FULL_RO) != 0) {
      Checked(nullptr);
    }
    const auto bytes = static_cast<size_t>(buffer.len);
    visit(buffer.buf, bytes);
    if (layout.objects == Objects::kEach) {
      items = static_cast<PyObject**>(buffer.buf);
      count = bytes / kPointer;
    }
    PyBuffer_Release(&buffer);
  }
  for (size_t i = 0; i < count; ++i) {
    visit(&items[i], kPointer);
    VisitObject(layout, items[i], visit);
  }
}

}  // namespace

void Compile(const Pattern& pattern, PyObject** function) {
  if (*function == nullptr) {
    *function = Define(pattern.takes_touch ? "data, elements, touched" : "data",
                       pattern.statement);
  }
}

void Prepare(const Layout& layout, PyObject** functions) {
  if (Py_IsInitialized() == 0) {
    Start();
  }
  Execute(layout.prepare);
  for (const Pattern& pattern : layout.patterns) {
    if (pattern.in_default) {
      Compile(pattern, functions);
    }
    ++functions;
  }
}

void* Build(const Layout& layout, uint64_t elements) {
  the_data_set.elements = Checked(PyLong_FromUnsignedLongLong(elements));
  PyObject* const names = PyModule_GetDict(MainModule());
  PyDict_SetItemString(names, "elements", the_data_set.elements);
  the_data_set.data = Evaluate(layout.build);
  PyDict_SetItemString(names, "data", the_data_set.data);
  Execute(layout.finish);
  return &the_data_set;
}

void VisitMemory(const Layout& layout, workload::MemoryVisitor visit) {
  if (layout.holders == nullptr) {
    VisitHolder(layout, the_data_set.data, visit);
    return;
  }
  PyObject* const holders = Evaluate(layout.holders);
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(holders); ++i) {
    VisitHolder(layout, PyTuple_GET_ITEM(holders, i), visit);
  }
  Py_DECREF(holders);
}

void Run(void* data_set, PyObject* function, bool takes_touch,
         const workload::Touch& touch) {
  const auto* const set = static_cast<DataSet*>(data_set);
  PyObject* arguments[] = {set->data, set->elements, nullptr};
  size_t count = 1;
  if (takes_touch) {
    arguments[2] = Checked(PyLong_FromUnsignedLongLong(touch.touched));
    count = 3;
  }
  PyObject* const result =
      PyObject_Vectorcall(function, arguments, count, nullptr);
  Py_DECREF(Checked(result));
  Py_XDECREF(arguments[2]);
}

void Finalize() {
  // Drops our reference; as in a program, only the module's names hold the
  // data.
  Py_CLEAR(the_data_set.data);
  if (Py_FinalizeEx() != 0) {
    throw std::runtime_error("the interpreter could not flush its output");
  }
}

}  // namespace cowbench::python::internal
