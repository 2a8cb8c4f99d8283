#ifndef COWBENCH_LIB_WORKLOAD_MAPS_H_
#define COWBENCH_LIB_WORKLOAD_MAPS_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/node_hash_map.h"
#include "lib/workload/element.h"

namespace cowbench::workload {

// Mixes like Abseil's hash (absl/hash/internal/hash.h), but with a constant
// seed. Abseil's seed is the address of a variable in the program, so the pages
// that a table copies would change with every build.
struct FixedHash {
  size_t operator()(int64_t key) const {
    __extension__ using Wide = unsigned __int128;
    constexpr uint64_t kSeed = 0x243f6a8885a308d3;  // the digits of pi
    constexpr uint64_t kMultiplier = 0x9ddfea08eb382d69;
    const Wide product = Wide{kSeed + static_cast<uint64_t>(key)} * kMultiplier;
    return static_cast<size_t>(product ^ (product >> 64));
  }
};

// A map from the numbers 0, 1, ... n - 1, inserted in order, to 8-byte values.
// Element i has the key i and is found by look-up. Its memory is the pair; all
// else (control bytes, pointers to nodes) is the map's metadata.
template <typename Map>
class MapLayout {
 public:
  static constexpr bool kOneObject = false;

  int64_t& value(uint64_t i) { return map_.find(Key(i))->second; }
  void Free(uint64_t i) { map_.erase(Key(i)); }
  void Replace(uint64_t i) {
    map_.erase(Key(i));
    map_.emplace(Key(i), 1);
  }
  void Append() { map_.emplace(next_++, 1); }
  template <typename Visitor>
  void ForEachPart(uint64_t i, Visitor visit) {
    auto& pair = *map_.find(Key(i));
    visit(&pair, sizeof(pair));
  }

 protected:
  // An empty map; reserves a table for the elements, if it has one.
  explicit MapLayout(uint64_t elements) : next_(Key(elements)) {
    if constexpr (requires { map_.reserve(elements); }) {
      map_.reserve(elements);
    }
  }
  void Make(uint64_t i) { map_.emplace(Key(i), 1); }
  void Fill(uint64_t elements) {
    for (uint64_t i = 0; i < elements; ++i) {
      Make(i);
    }
  }

 private:
  static int64_t Key(uint64_t i) { return static_cast<int64_t>(i); }

  Map map_;
  int64_t next_;
};

// absl::btree_map. Nodes of about 256 bytes hold up to 15 pairs.
//
// About 18 bytes an element. Touching an element reads the nodes from the root
// to it and dirties its own node.
class BtreeMap : public MapLayout<absl::btree_map<int64_t, int64_t>> {
 public:
  static constexpr std::string_view kName = "btree_map";
  static constexpr std::string_view kMeaning =
      "`absl::btree_map`, 8-byte keys and values";

  // Appending leaves leaves full: 256 bytes for 15 pairs, and inner nodes
  // of 384 bytes for 16 leaves each.
  static uint64_t ElementCount(uint64_t size) { return size / 19; }

  explicit BtreeMap(uint64_t elements) : MapLayout(elements) { Fill(elements); }
};

// How many elements Abseil's hash tables hold in `size` bytes: they have a
// power of two of slots, minus one, filled to 7/8, and a control byte for each
// slot.
inline uint64_t HashTableElements(uint64_t size, uint64_t slot_bytes) {
  constexpr uint64_t kFixedBytes = 32;  // control bytes without a slot
  if (size < kFixedBytes + slot_bytes) {
    return 0;
  }
  const uint64_t slots =
      std::bit_floor((size - kFixedBytes) / (slot_bytes + 1) + 1) - 1;
  return slots - slots / 8;
}

// absl::flat_hash_map: the pairs lie in one table.
//
// 16 bytes a slot and one of control; up to seven of eight slots are used, and
// the number of slots is one less than a power of two. Touching an element
// dirties the page of its slot; removing one, that of its control byte.
class FlatHashMap
    : public MapLayout<absl::flat_hash_map<int64_t, int64_t, FixedHash>> {
 public:
  static constexpr std::string_view kName = "flat_hash_map";
  static constexpr std::string_view kMeaning =
      "`absl::flat_hash_map`, 8-byte keys and values";

  static uint64_t ElementCount(uint64_t size) {
    return HashTableElements(size, 2 * sizeof(int64_t));
  }

  explicit FlatHashMap(uint64_t elements) : MapLayout(elements) {
    Fill(elements);
  }
};

// absl::node_hash_map: the table holds pointers to pairs that are allocated
// one by one.
//
// 8 + 16 bytes a slot and one of control.
class NodeHashMap : public MapLayout<absl::node_hash_map<
                        int64_t, int64_t, FixedHash, std::equal_to<int64_t>,
                        ElementAllocator<std::pair<const int64_t, int64_t>>>> {
 public:
  static constexpr std::string_view kName = "node_hash_map";
  static constexpr std::string_view kMeaning =
      "`absl::node_hash_map`, 8-byte keys and values";
  static constexpr uint64_t kElementBytes = 2 * sizeof(int64_t);
  static constexpr uint64_t kLeastElementBytes = kElementBytes;

  static uint64_t ElementCount(uint64_t size, uint64_t bytes = kElementBytes) {
    return HashTableElements(size, sizeof(void*) + bytes);
  }

  explicit NodeHashMap(uint64_t elements) : MapLayout(elements) {}
  using MapLayout::Make;
  template <typename Visitor>
  void ForEachPart(uint64_t i, Visitor visit) {
    visit(&value(i) - 1, ElementBytes(kElementBytes));  // key, then value
  }
};

}  // namespace cowbench::workload

#endif  // COWBENCH_LIB_WORKLOAD_MAPS_H_
