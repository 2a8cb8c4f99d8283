// The patterns of the Python suite: statements, as a person would write them.
#ifndef COWBENCH_LIB_PYTHON_STATEMENTS_H_
#define COWBENCH_LIB_PYTHON_STATEMENTS_H_

#include <string_view>

namespace cowbench::python {

struct Pattern {
  std::string_view name = {};
  // The body of a function that knows `data`.
  const char* statement = nullptr;
  // Takes a reference to every element on its way.
  bool visits = false;
  // Likewise to what only the element refers to: a field, code, a constant.
  bool visits_owned = false;
  // The function knows `elements` and `touched` as well, and keeps to them.
  bool takes_touch = false;
  // Allocates, or makes the collector write, about as much as there is.
  bool writes = false;
  // False when, of the presets, only full has it. It is then compiled only
  // where it is run: a function more would move the data of every other case.
  bool in_default = true;
  // Has no statement: the interpreter ends, as at the end of a program.
  bool finalizes = false;
};

inline constexpr Pattern kIdle = {.name = "idle", .statement = "pass"};
inline constexpr Pattern kLen = {.name = "len", .statement = "len(data)"};
inline constexpr Pattern kSum = {
    .name = "sum", .statement = "sum(data)", .visits = true};
// Adds objects that it takes no reference to.
inline constexpr Pattern kSumMethod = {.name = "sum",
                                       .statement = "data.sum()"};
inline constexpr Pattern kSumValues = {
    .name = "sum", .statement = "sum(data.values())", .visits = true};
inline constexpr Pattern kFor = {
    .name = "for", .statement = "for x in data: pass", .visits = true};
inline constexpr Pattern kForValues = {
    .name = "for", .statement = "for x in data.values(): pass", .visits = true};
// By position, evenly spread as in every other suite (lib/workload/touch.h).
inline constexpr Pattern kIndex = {
    .name = "index",
    .statement = "for i in range(touched): data[i * elements // touched]",
    .visits = true,
    .takes_touch = true};
// Of an array with two dimensions.
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
// What looks like one step for the whole column looks at every object.
inline constexpr Pattern kCompare = {
    .name = "compare",
    .statement = "global kept; kept = data == '?'",
    .visits = true};
// Reads a field of every row: two objects.
inline constexpr Pattern kFields = {.name = "fields",
                                    .statement = "for x in data: x.key",
                                    .visits = true,
                                    .visits_owned = true};
inline constexpr Pattern kCall = {.name = "call",
                                  .statement = "for f in data: f(1)",
                                  .visits = true,
                                  .visits_owned = true};
// Often enough for CPython 3.11 to specialise the code (PEP 659).
inline constexpr Pattern kCallOften = {
    .name = "call_often",
    .statement = "for _ in range(12):\n    for f in data: f(1)",
    .visits = true,
    .visits_owned = true};
inline constexpr Pattern kWrite = {
    .name = "write", .statement = "data.fill(2)", .writes = true};
inline constexpr Pattern kCollect = {.name = "gc_collect",
                                     .statement = "gc.collect()"};
// The same where the collector keeps track of the elements.
inline constexpr Pattern kCollectAll = {
    .name = "gc_collect", .statement = "gc.collect()", .writes = true};
// Work of its own with many new containers, which makes the collector start
// by itself. They are kept, so that no memory is given back to the kernel.
inline constexpr Pattern kNewLists = {
    .name = "new_lists",
    .statement = "global kept; kept = [[] for _ in range(touched)]",
    .takes_touch = true,
    .writes = true};

// The objects are put away where no collection looks, and one follows.
inline constexpr Pattern kFreezeInChild = {
    .name = "freeze_in_child",
    .statement = "gc.freeze(); gc.collect()",
    .in_default = false};
// sys.exit(), where `idle` is os._exit().
inline constexpr Pattern kFinalize = {
    .name = "finalize", .writes = true, .in_default = false, .finalizes = true};

}  // namespace cowbench::python

#endif  // COWBENCH_LIB_PYTHON_STATEMENTS_H_
