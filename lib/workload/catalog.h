// The one list of layouts and patterns.
#ifndef COWBENCH_LIB_WORKLOAD_CATALOG_H_
#define COWBENCH_LIB_WORKLOAD_CATALOG_H_

#include "lib/workload/array.h"
#include "lib/workload/boxed.h"
#include "lib/workload/containers.h"
#include "lib/workload/full_patterns.h"
#include "lib/workload/kernel_memory.h"
#include "lib/workload/maps.h"
#include "lib/workload/patterns.h"
#include "lib/workload/workload.h"

namespace cowbench::workload {

// In the order in which they run and are shown.
using Patterns = TypeList<Idle, Read, CopyOut, Refcount, GcMark, Write, Free,
                          Churn, Grow, Rewrite, Dismiss, CallExec>;
using Layouts =
    TypeList<Array, Boxed, BoxedShuffled, BoxedImmortal, BoxedShared,
             BoxedSideRefcount, SharedPtr, String, CordVector, LinkedList,
             BtreeMap, FlatHashMap, NodeHashMap>;
// Layouts that a machine may refuse, so that no preset has them.
using KernelLayouts = TypeList<Hugetlb, Pinned>;

Catalog MakeCatalog();

}  // namespace cowbench::workload

#endif  // COWBENCH_LIB_WORKLOAD_CATALOG_H_
