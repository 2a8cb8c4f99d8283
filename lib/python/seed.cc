#include "lib/python/seed.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>

#include "lib/base/available_memory.h"
#include "lib/base/units.h"

namespace cowbench::python {
namespace {

constexpr uint64_t kSeedRows = 15000;  // and columns
constexpr int kWorkers = 4;

// An int takes 32 bytes and its pointer 8, and each worker may copy both. Page
// tables and the interpreters themselves are extra.
constexpr uint64_t kBytesPerElement = (32 + 8) * (1 + kWorkers) + 4;

// The smallest size in a case ID that holds so many bytes.
uint64_t WholeKiB(uint64_t bytes) { return (bytes + 1023) / 1024 * 1024; }

void SetAxes(uint64_t elements, Axes* axes) {
  const auto rows = static_cast<uint64_t>(
      kSeedRows * std::sqrt(static_cast<double>(elements) /
                            static_cast<double>(kSeedElements)));
  axes->layouts = {"numpy_ones", "list_range", "list_same"};
  axes->patterns = {"sum", "for"};
  axes->allocators = {"pymalloc"};
  axes->Get<axis::Children>() = {kWorkers};
  axes->size_of_layout = {{"numpy_ones", WholeKiB(rows * rows * 8)},
                          {"list_range", WholeKiB(elements * 36)},
                          {"list_same", WholeKiB(elements * 8)}};
}

void SetSeed(Axes* axes) {
  const uint64_t available = AvailableMemory();
  const uint64_t elements = SeedElementsWithin(available);
  if (elements < kSeedElements) {
    fprintf(stderr,
            "%s: --preset=seed needs %s of memory, and %s is available: "
            "SCALED DOWN to lists of %llu elements instead of %llu\n",
            program_invocation_short_name,
            HumanBytes(static_cast<double>(kSeedElements * kBytesPerElement))
                .c_str(),
            HumanBytes(static_cast<double>(available)).c_str(),
            static_cast<unsigned long long>(elements),
            static_cast<unsigned long long>(kSeedElements));
  }
  SetAxes(elements, axes);
}

void SetTenth(Axes* axes) { SetAxes(kSeedElements / 10, axes); }

}  // namespace

uint64_t SeedElementsWithin(uint64_t available_bytes) {
  uint64_t unit = kSeedElements;
  while (unit > 1 && unit * kBytesPerElement > available_bytes) {
    unit /= 10;
  }
  const uint64_t digits = available_bytes / (unit * kBytesPerElement);
  return unit == kSeedElements ? unit : std::max<uint64_t>(digits, 1) * unit;
}

const std::array<Preset, 2> kSeedPresets = {Preset{"seed", SetSeed},
                                            Preset{"seed-tenth", SetTenth}};

}  // namespace cowbench::python
