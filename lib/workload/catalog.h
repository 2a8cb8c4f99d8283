// The one list of layouts and patterns.
#ifndef COWBENCH_LIB_WORKLOAD_CATALOG_H_
#define COWBENCH_LIB_WORKLOAD_CATALOG_H_

#include "lib/workload/workload.h"

namespace cowbench {

// In the order in which they are run and shown.
Catalog MakeCatalog();

}  // namespace cowbench

#endif  // COWBENCH_LIB_WORKLOAD_CATALOG_H_
