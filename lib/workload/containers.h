#ifndef COWBENCH_LIB_WORKLOAD_CONTAINERS_H_
#define COWBENCH_LIB_WORKLOAD_CONTAINERS_H_

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/cord.h"
#include "absl/strings/internal/cordz_functions.h"
#include "lib/workload/element.h"
#include "lib/workload/touch.h"

namespace cowbench::workload {

// A vector of std::shared_ptr, each made as by std::make_shared.
//
// 16 + 24 bytes an element: count and value are adjacent, as in an object with
// a header. A reference dirties the page of the control block. In a process
// with one thread, libstdc++ counts without atomic operations.
class SharedPtr {
 public:
  static constexpr std::string_view kName = "shared_ptr";
  static constexpr std::string_view kMeaning =
      "a vector of `std::shared_ptr`, from `std::make_shared`";
  static constexpr bool kOneObject = false;
  static constexpr uint64_t kReferenceBytes = sizeof(int32_t);
  // libstdc++: virtual table, use count, weak count, value.
  static constexpr uint64_t kElementBytes = 24;
  static constexpr uint64_t kLeastElementBytes = kElementBytes;

  static uint64_t ElementCount(uint64_t size, uint64_t bytes = kElementBytes) {
    return size / (sizeof(std::shared_ptr<int64_t>) + bytes);
  }

  explicit SharedPtr(uint64_t elements) : pointers_(elements) {}
  void Make(uint64_t i) { pointers_[i] = New(); }

  int64_t& value(uint64_t i) { return *pointers_[i]; }
  std::shared_ptr<int64_t> Hold(uint64_t i) { return pointers_[i]; }
  void Free(uint64_t i) { pointers_[i].reset(); }
  void Replace(uint64_t i) { pointers_[i] = New(); }
  void Append() { pointers_.push_back(New()); }
  template <typename Visitor>
  void ForEachPart(uint64_t i, Visitor visit) {
    visit(&pointers_[i], sizeof(pointers_[i]));
    visit(reinterpret_cast<char*>(&value(i) + 1) - kElementBytes,
          ElementBytes(kElementBytes));
  }

 private:
  // Like std::make_shared, with our allocator.
  static std::shared_ptr<int64_t> New() {
    return std::allocate_shared<int64_t>(ElementAllocator<int64_t>(), 1);
  }

  std::vector<std::shared_ptr<int64_t>> pointers_;
};

// A vector of std::string, each too long for the small-string buffer.
//
// 32 + 48 bytes an element. The value is the first character, so writing it
// dirties the page of the characters.
class String {
 public:
  static constexpr std::string_view kName = "string";
  static constexpr std::string_view kMeaning =
      "a vector of `std::string` of 47 characters";
  static constexpr bool kOneObject = false;
  static constexpr uint64_t kElementBytes = 48;  // with the terminating zero
  // Too long for libstdc++'s small-string buffer, with the terminating zero.
  static constexpr uint64_t kLeastElementBytes = 17;

  static uint64_t ElementCount(uint64_t size, uint64_t bytes = kElementBytes) {
    return size / (sizeof(std::string) + bytes);
  }

  explicit String(uint64_t elements) : strings_(elements) {}
  void Make(uint64_t i) { strings_[i] = New(); }

  char& value(uint64_t i) { return strings_[i].front(); }
  std::string Copy(uint64_t i) { return strings_[i]; }
  // Assigning an empty string would keep the buffer.
  void Free(uint64_t i) { std::string().swap(strings_[i]); }
  void Replace(uint64_t i) { strings_[i] = New(); }
  void Append() { strings_.push_back(New()); }
  template <typename Visitor>
  void ForEachPart(uint64_t i, Visitor visit) {
    visit(&strings_[i], sizeof(strings_[i]));
    visit(strings_[i].data(), ElementBytes(kElementBytes));
  }

 private:
  static std::string New() {
    return std::string(ElementBytes(kElementBytes) - 1, 'x');
  }

  std::vector<std::string> strings_;
};

// A std::list, allocated in order. If several threads build it, the list has
// the order in which they made the elements.
//
// 24 bytes an element: two pointers and the value. Reaching an element reads
// all elements before it; removing one writes to its neighbours.
class LinkedList {
 public:
  using List = std::list<int64_t, ElementAllocator<int64_t>>;
  using Element = List::iterator;

  static constexpr std::string_view kName = "linked_list";
  static constexpr std::string_view kMeaning =
      "`std::list`, allocated in order";
  static constexpr bool kOneObject = false;

  static constexpr uint64_t kElementBytes = 2 * sizeof(void*) + sizeof(int64_t);
  static constexpr uint64_t kLeastElementBytes = kElementBytes;

  static uint64_t ElementCount(uint64_t size, uint64_t bytes = kElementBytes) {
    return size / bytes;
  }

  explicit LinkedList(uint64_t) {}
  void Make(uint64_t) { Append(); }

  template <typename Visitor>
  void ForEach(const Touch& touch, Visitor visit) {
    Element next = list_.begin();
    uint64_t at = 0;
    ForEachTouched(touch, [&](uint64_t i) {
      for (; at < i; ++at) {
        ++next;
      }
      const Element element = next++;  // `visit` may remove the element
      ++at;
      visit(element);
    });
  }

  int64_t& value(Element e) { return *e; }
  void Free(Element e) { list_.erase(e); }
  void Replace(Element e) { list_.insert(list_.erase(e), 1); }
  void Append() { list_.push_back(1); }
  template <typename Visitor>
  void ForEachPart(Element e, Visitor visit) {
    // The node: two pointers in front of the value.
    visit(reinterpret_cast<void**>(&*e) - 2, ElementBytes(kElementBytes));
  }

 private:
  List list_;
};

// A vector of absl::Cord, each with its own buffer. Copies of a cord share this
// buffer and count references to it.
//
// 16 + 112 bytes an element. A reference dirties the first page of the buffer.
class CordVector {
 public:
  static constexpr std::string_view kName = "cord";
  static constexpr std::string_view kMeaning =
      "a vector of `absl::Cord`, each with a buffer of its own";
  static constexpr bool kOneObject = false;
  static constexpr uint64_t kReferenceBytes = sizeof(int32_t);
  // A full buffer of 112 bytes: the header takes 13, and sizes come in steps of
  // 8 (absl/strings/internal/cord_rep_flat.h).
  static constexpr uint64_t kElementBytes = 112;
  // Other sizes are not offered: a longer cord has several buffers.
  static constexpr uint64_t kLeastElementBytes = 0;
  static constexpr uint64_t kHeaderBytes = 13;
  static constexpr uint64_t kLength = kElementBytes - kHeaderBytes;

  static uint64_t ElementCount(uint64_t size, uint64_t bytes = kElementBytes) {
    return size / (sizeof(absl::Cord) + bytes);
  }

  explicit CordVector(uint64_t elements) : cords_(elements) {
    // Abseil profiles about one cord in 50000, chosen at random, and that
    // copies a dozen pages. It has no public switch.
    absl::cord_internal::set_cordz_mean_interval(0);
  }
  void Make(uint64_t i) { cords_[i] = New(); }

  char value(uint64_t i) { return cords_[i].TryFlat()->front(); }
  absl::Cord Hold(uint64_t i) { return cords_[i]; }
  std::string Copy(uint64_t i) { return std::string(cords_[i]); }
  void Free(uint64_t i) { cords_[i].Clear(); }
  void Replace(uint64_t i) { cords_[i] = New(); }
  void Append() { cords_.push_back(New()); }
  template <typename Visitor>
  void ForEachPart(uint64_t i, Visitor visit) {
    visit(&cords_[i], sizeof(cords_[i]));
    visit(cords_[i].TryFlat()->data() - kHeaderBytes, kElementBytes);
  }

 private:
  static absl::Cord New() {
    static constexpr char kCharacters[kLength] = {};
    return absl::Cord(absl::string_view(kCharacters, kLength));
  }

  std::vector<absl::Cord> cords_;
};

}  // namespace cowbench::workload

#endif  // COWBENCH_LIB_WORKLOAD_CONTAINERS_H_
