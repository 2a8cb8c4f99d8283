// A catalog of Python layouts that can be built and run.
#ifndef COWBENCH_LIB_PYTHON_CATALOG_H_
#define COWBENCH_LIB_PYTHON_CATALOG_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "lib/python/interpreter.h"
#include "lib/python/layouts.h"
#include "lib/workload/workload.h"

namespace cowbench::python {
namespace internal {

// Compiles the statement of a pattern into a function, unless that is already
// done.
void Compile(const Pattern& pattern, PyObject** function);
// Starts the interpreter and compiles the statements of the default preset, so
// that none of this counts as the data set. Stores a function for each.
void Prepare(const Layout& layout, PyObject** functions);
// Builds the data set and returns it for Run().
void* Build(const Layout& layout, uint64_t elements);
// Visits the arrays, if any, and the objects with what only they refer to. Does
// not visit the table of a dict.
void VisitMemory(const Layout& layout, workload::MemoryVisitor visit);
// Calls the function of a pattern.
void Run(void* data_set, PyObject* function, bool takes_touch,
         const workload::Touch& touch);
// Ends the interpreter. Nothing of Python may be used afterwards.
void Finalize();

// The compiled functions of a layout's patterns. They are in static storage,
// like everything here.
template <const auto& kTable, size_t kLayout>
inline std::array<PyObject*, kTable[kLayout].patterns.size()> functions;

template <const auto& kTable, size_t kLayout, size_t kPattern>
constexpr workload::PatternEntry RunnablePattern() {
  workload::PatternEntry entry = kPatternEntries<kTable, kLayout>[kPattern];
  if (kTable[kLayout].patterns[kPattern].finalizes) {
    entry.run = [](void*, const workload::Touch&) { Finalize(); };
    return entry;
  }
  if (entry.own_subject) {
    entry.prepare = [] {
      Compile(kTable[kLayout].patterns[kPattern],
              &functions<kTable, kLayout>[kPattern]);
    };
  }
  entry.run = [](void* data_set, const workload::Touch& touch) {
    Run(data_set, functions<kTable, kLayout>[kPattern],
        kTable[kLayout].patterns[kPattern].takes_touch, touch);
  };
  return entry;
}

template <const auto& kTable, size_t kLayout, size_t... kPattern>
constexpr auto RunnablePatterns(std::index_sequence<kPattern...>) {
  return std::array{RunnablePattern<kTable, kLayout, kPattern>()...};
}

template <const auto& kTable, size_t kLayout>
inline constexpr auto kRunnablePatterns = RunnablePatterns<kTable, kLayout>(
    std::make_index_sequence<kTable[kLayout].patterns.size()>());

template <const auto& kTable, size_t kLayout>
constexpr workload::LayoutEntry Runnable() {
  workload::LayoutEntry entry = kLayoutEntries<kTable>[kLayout];
  entry.prepare = [] {
    Prepare(kTable[kLayout], functions<kTable, kLayout>.data());
  };
  entry.build = [](uint64_t elements) {
    return Build(kTable[kLayout], elements);
  };
  entry.visit_memory = [](void*, uint64_t, workload::MemoryVisitor visit) {
    VisitMemory(kTable[kLayout], visit);
  };
  entry.patterns = kRunnablePatterns<kTable, kLayout>;
  return entry;
}

template <const auto& kTable, size_t... kLayout>
constexpr auto RunnableTable(std::index_sequence<kLayout...>) {
  return std::array{Runnable<kTable, kLayout>()...};
}

template <const auto& kTable>
inline constexpr auto kRunnableEntries =
    RunnableTable<kTable>(std::make_index_sequence<kTable.size()>());

}  // namespace internal

// Makes a runnable catalog of a table such as kLayouts. Its functions throw
// std::runtime_error with the Python exception in one line.
template <const auto& kTable>
constexpr workload::Catalog MakeRunnable() {
  return internal::kRunnableEntries<kTable>;
}

}  // namespace cowbench::python

#endif  // COWBENCH_LIB_PYTHON_CATALOG_H_
