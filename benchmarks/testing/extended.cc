#include "benchmarks/testing/extended.h"

#include "lib/workload/catalog.h"
#include "lib/workload/example_layout.h"

namespace cowbench {
namespace {

struct Nothing : workload::Idle {
  static constexpr std::string_view kName = "nothing";
  static constexpr std::string_view kMeaning = "does nothing";
};

template <typename First, typename... Rest>
constexpr workload::TypeList<First, Rest...> Prepend(
    workload::TypeList<Rest...>) {
  return {};
}

}  // namespace

workload::Catalog MakeExtendedCatalog() {
  return workload::CatalogOf(Prepend<workload::Records>(workload::Layouts()),
                             Prepend<Nothing>(workload::Patterns()));
}

}  // namespace cowbench
