#include "lib/workload/catalog.h"

#include "lib/workload/array.h"
#include "lib/workload/boxed.h"
#include "lib/workload/patterns.h"

namespace cowbench {
namespace {

using Patterns = TypeList<Idle, Read, Refcount, Write, Free>;
using Layouts = TypeList<Array, Boxed, BoxedShared>;

template <typename... Layout>
Catalog Make(TypeList<Layout...>) {
  return {MakeLayoutEntry<Layout>(Patterns())...};
}

}  // namespace

Catalog MakeCatalog() { return Make(Layouts()); }

}  // namespace cowbench
