// A catalog of Python layouts that can be built and run.
#ifndef COWBENCH_LIB_PYTHON_CATALOG_H_
#define COWBENCH_LIB_PYTHON_CATALOG_H_

#include <cstddef>
#include <cstdint>
#include <utility>

#include "lib/python/layouts.h"
#include "lib/workload/workload.h"

namespace cowbench::python {
namespace internal {

// Starts the interpreter and compiles the statements, so that nothing of that
// is taken for the data set.
void Prepare(const Layout& layout);
// Returns what Run() takes.
void* Build(const Layout& layout, uint64_t elements);
// Visits the array, if there is one, and the objects. Not a dict's table.
void VisitMemory(const Layout& layout, workload::MemoryVisitor visit);
// Calls the function of the pattern with this number.
void Run(void* data_set, size_t pattern, const workload::Touch& touch);

template <const auto& kTable, size_t kLayout, size_t... kPattern>
workload::LayoutEntry Runnable(std::index_sequence<kPattern...>) {
  constexpr const Layout& kRow = kTable[kLayout];
  workload::LayoutEntry entry = Describe(kRow);
  entry.prepare = [] { Prepare(kTable[kLayout]); };
  entry.build = [](uint64_t elements) {
    return Build(kTable[kLayout], elements);
  };
  entry.visit_memory = [](void*, uint64_t, workload::MemoryVisitor visit) {
    VisitMemory(kTable[kLayout], visit);
  };
  void (*const run[])(void*, const workload::Touch&) = {
      [](void* data_set, const workload::Touch& touch) {
        Run(data_set, kPattern, touch);
      }...};
  for (size_t i = 0; i < entry.patterns.size(); ++i) {
    entry.patterns[i].run = run[i];
  }
  return entry;
}

template <const auto& kTable, size_t... kLayout>
workload::Catalog RunnableTable(std::index_sequence<kLayout...>) {
  return {
      Runnable<kTable, kLayout>(std::make_index_sequence<kMaxPatterns>())...};
}

}  // namespace internal

// The catalog of a table such as kLayouts. The functions throw
// std::runtime_error with the Python exception in one line.
template <const auto& kTable>
workload::Catalog MakeRunnable() {
  return internal::RunnableTable<kTable>(
      std::make_index_sequence<kTable.size()>());
}

}  // namespace cowbench::python

#endif  // COWBENCH_LIB_PYTHON_CATALOG_H_
