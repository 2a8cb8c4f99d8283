#include "lib/workload/catalog.h"

namespace cowbench::workload {

namespace {

template <typename... Usual, typename... Kernel>
constexpr auto Joined(TypeList<Usual...>, TypeList<Kernel...>) {
  return TypeList<Usual..., Kernel...>();
}

}  // namespace

Catalog MakeCatalog() {
  return CatalogOf(Joined(Layouts(), KernelLayouts()), Patterns());
}

}  // namespace cowbench::workload
