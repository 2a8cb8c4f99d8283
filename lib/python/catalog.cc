#include "lib/python/catalog.h"

namespace cowbench::python::internal {
namespace {

// The one data set of the process.
struct DataSet {
  PyObject* data;
  PyObject* elements;
};

DataSet the_data_set;

}  // namespace

void Prepare(const Layout& layout, PyObject** functions) {
  if (Py_IsInitialized() == 0) {
    Start();
  }
  Execute(layout.prepare);
  for (const Pattern& pattern : layout.patterns) {
    *functions++ =
        Define(pattern.takes_touch ? "data, elements, touched" : "data",
               pattern.statement);
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
  PyObject* const data = the_data_set.data;
  const auto visit_object = [&](PyObject* object) {
    constexpr size_t kCollectorHeader = 16;  // Include/internal/pycore_gc.h
    const size_t header = PyObject_IS_GC(object) != 0 ? kCollectorHeader : 0;
    visit(reinterpret_cast<const char*>(object) - header, layout.object_bytes);
  };
  PyObject* const* items = nullptr;
  size_t count = 0;
  if (PyDict_Check(data)) {
    Py_ssize_t position = 0;
    PyObject* value;
    while (PyDict_Next(data, &position, nullptr, &value) != 0) {
      visit_object(value);
    }
  } else if (PyList_Check(data) || PyTuple_Check(data)) {
    items = PySequence_Fast_ITEMS(data);
    count = static_cast<size_t>(PySequence_Fast_GET_SIZE(data));
  } else {
    Py_buffer buffer;
    if (PyObject_GetBuffer(data, &buffer, PyBUF_FULL_RO) != 0) {
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
    visit_object(items[i]);
  }
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

}  // namespace cowbench::python::internal
