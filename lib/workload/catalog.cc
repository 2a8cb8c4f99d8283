#include "lib/workload/catalog.h"

namespace cowbench::workload {
namespace {

template <typename... Layout>
Catalog Make(TypeList<Layout...>) {
  return {MakeLayoutEntry<Layout>(Patterns())...};
}

}  // namespace

Catalog MakeCatalog() { return Make(Layouts()); }

}  // namespace cowbench::workload
