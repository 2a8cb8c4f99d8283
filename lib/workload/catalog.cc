#include "lib/workload/catalog.h"

namespace cowbench::workload {

Catalog MakeCatalog() { return CatalogOf(Layouts(), Patterns()); }

}  // namespace cowbench::workload
