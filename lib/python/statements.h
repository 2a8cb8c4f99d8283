// The patterns of the Python suite: statements as a programmer would write
// them.
#ifndef COWBENCH_LIB_PYTHON_STATEMENTS_H_
#define COWBENCH_LIB_PYTHON_STATEMENTS_H_

#include <string_view>

namespace cowbench::python {

struct Pattern {
  std::string_view name = {};
  // The body of a function that sees `data`.
  const char* statement = nullptr;
  // Whether it takes a reference to every element.
  bool visits = false;
  // Whether it also takes references to what only the element refers to: a
  // field, code, a constant.
  bool visits_owned = false;
  // Whether the function also sees `elements` and `touched`, and obeys them.
  bool takes_touch = false;
  // Allocates, or makes the collector write, about as much as there is.
  bool writes = false;
  // False if the only preset that has it is full. It is then compiled only
  // where it runs, since one more function would move the data of every other
  // case.
  bool in_default = true;
  // Whether it has no statement but ends the interpreter, as at the end of a
  // program.
  bool finalizes = false;
};

inline constexpr Pattern kIdle = {.name = "idle", .statement = "pass"};
inline constexpr Pattern kLen = {.name = "len", .statement = "len(data)"};
inline constexpr Pattern kSum = {
    .name = "sum", .statement = "sum(data)", .visits = true};
// Adds objects without taking references to them.
inline constexpr Pattern kSumMethod = {.name = "sum",
                                       .statement = "data.sum()"};
inline constexpr Pattern kSumValues = {
    .name = "sum", .statement = "sum(data.values())", .visits = true};
inline constexpr Pattern kFor = {
    .name = "for", .statement = "for x in data: pass", .visits = true};
inline constexpr Pattern kForValues = {
    .name = "for", .statement = "for x in data.values(): pass", .visits = true};
// By position, evenly spread as in all suites (lib/workload/touch.h).
inline constexpr Pattern kIndex = {
    .name = "index",
    .statement = "for i in range(touched): data[i * elements // touched]",
    .visits = true,
    .takes_touch = true};
// For an array with two dimensions.
inline constexpr Pattern kIndexFlat = {
    .name = "index",
    .statement = "for i in range(touched): data.flat[i * elements // touched]",
    .visits = true,
    .takes_touch = true};
inline constexpr Pattern kIndexSeries = {
    .name = "index",
    .statement = "for i in range(touched): data.iat[i * elements // touched]",
    .visits = true,
    .takes_touch = true};
// One operation on the whole column, which touches every object.
inline constexpr Pattern kCompare = {
    .name = "compare",
    .statement = "global kept; kept = data == '?'",
    .visits = true};
// Reads a field of every row, and so touches two objects.
inline constexpr Pattern kFields = {.name = "fields",
                                    .statement = "for x in data: x.key",
                                    .visits = true,
                                    .visits_owned = true};
inline constexpr Pattern kCall = {.name = "call",
                                  .statement = "for f in data: f(1)",
                                  .visits = true,
                                  .visits_owned = true};
// Calls each function often enough for CPython 3.11 to specialise its code (PEP
// 659).
inline constexpr Pattern kCallOften = {
    .name = "call_often",
    .statement = "for _ in range(12):\n    for f in data: f(1)",
    .visits = true,
    .visits_owned = true};
inline constexpr Pattern kWrite = {
    .name = "write", .statement = "data.fill(2)", .writes = true};
inline constexpr Pattern kCollect = {.name = "gc_collect",
                                     .statement = "gc.collect()"};
// The same, if the collector tracks the elements.
inline constexpr Pattern kCollectAll = {
    .name = "gc_collect", .statement = "gc.collect()", .writes = true};
// Allocates many new containers, which starts the collector. Keeps them, so
// that no memory goes back to the kernel.
inline constexpr Pattern kNewLists = {
    .name = "new_lists",
    .statement = "global kept; kept = [[] for _ in range(touched)]",
    .takes_touch = true,
    .writes = true};

// Moves the objects to where no collection looks, then collects.
inline constexpr Pattern kFreezeInChild = {
    .name = "freeze_in_child",
    .statement = "gc.freeze(); gc.collect()",
    .in_default = false};
// Ends like sys.exit(), while `idle` ends like os._exit().
inline constexpr Pattern kFinalize = {
    .name = "finalize", .writes = true, .in_default = false, .finalizes = true};

}  // namespace cowbench::python

#endif  // COWBENCH_LIB_PYTHON_STATEMENTS_H_
