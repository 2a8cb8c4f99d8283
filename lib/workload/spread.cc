#include "lib/workload/spread.h"

#include <sys/mman.h>

#include <bit>
#include <cerrno>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace cowbench::workload {
namespace {

constexpr uint64_t kBitsOfWord = 64;

// Far from where mmap(2) puts other mappings, so that the spread does not
// change the addresses that an allocator gets. Above the address of
// lib/probe/shared_memory.cc.
constexpr uintptr_t kAddress = uintptr_t{40} << 40;

// SplitMix64 (Steele, Lea, Flood 2014, "Fast Splittable Pseudorandom Number
// Generators").
class Lots {
 public:
  // From 0 to `end` - 1.
  uint64_t Below(uint64_t end) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<uint64_t>(Wide{Next()} * end >> kBitsOfWord);
  }

 private:
  uint64_t Next() {
    state_ += 0x9e3779b97f4a7c15;
    uint64_t bits = state_;
    bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9;
    bits = (bits ^ bits >> 27) * 0x94d049bb133111eb;
    return bits ^ bits >> 31;
  }

  uint64_t state_ = 0;
};

// Draws a number i from 0 to `end` - 1 with a probability in proportion to 1 /
// (i + 1), without floating point. First it picks an octave of i + 1, all
// equally likely. Within an octave, 1 / (i + 1) falls to half of its first
// value.
uint64_t DrawZipf(uint64_t end, Lots* lots) {
  const auto octaves = static_cast<uint64_t>(std::bit_width(end));
  while (true) {
    const uint64_t octave = uint64_t{1} << lots->Below(octaves);
    const uint64_t rank = octave + lots->Below(octave);
    const bool keep = lots->Below(rank) < octave;
    if (keep && rank <= end) {
      return rank - 1;
    }
  }
}

// Draws bits and sets them to `to` until `count` bits have changed.
template <typename DrawOne>
void Change(uint64_t count, uint64_t* bits, bool to, DrawOne draw) {
  while (count > 0) {
    const uint64_t i = draw();
    uint64_t& word = bits[i / kBitsOfWord];
    const uint64_t bit = uint64_t{1} << i % kBitsOfWord;
    count -= ((word & bit) != 0) != to ? 1 : 0;
    word = to ? word | bit : word & ~bit;
  }
}

void SetAll(uint64_t count, uint64_t* bits) {
  for (uint64_t i = 0; i < count; ++i) {
    bits[i / kBitsOfWord] |= uint64_t{1} << i % kBitsOfWord;
  }
}

}  // namespace

absl::StatusOr<Selection> Selection::Draw(const Touch& touch) {
  if (touch.spread != Spread::kRandom && touch.spread != Spread::kZipf) {
    return Selection(nullptr, 0);
  }
  const size_t bytes = SelectionWords(touch.elements) * sizeof(uint64_t);
  void* const mapping =
      mmap(reinterpret_cast<void*>(kAddress), bytes, PROT_READ | PROT_WRITE,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (mapping == MAP_FAILED) {
    return absl::ResourceExhaustedError(
        absl::StrCat("mmap of ", bytes, " bytes: ", strerror(errno)));
  }
  Selection selection(static_cast<uint64_t*>(mapping), bytes);
  const uint64_t elements = touch.elements;
  Lots lots;
  const auto draw_any = [&] { return lots.Below(elements); };
  if (touch.touched == elements) {
    SetAll(elements, selection.bits_);  // drawing the rarest takes too long
  } else if (touch.spread == Spread::kZipf) {
    Change(touch.touched, selection.bits_, true,
           [&] { return DrawZipf(elements, &lots); });
  } else if (touch.touched <= elements / 2) {
    Change(touch.touched, selection.bits_, true, draw_any);
  } else {
    SetAll(elements, selection.bits_);
    Change(elements - touch.touched, selection.bits_, false, draw_any);
  }
  return selection;
}

Selection::~Selection() {
  if (bits_ != nullptr) {
    munmap(bits_, bytes_);
  }
}

}  // namespace cowbench::workload
