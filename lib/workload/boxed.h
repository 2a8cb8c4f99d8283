#ifndef COWBENCH_LIB_WORKLOAD_BOXED_H_
#define COWBENCH_LIB_WORKLOAD_BOXED_H_

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/workload/element.h"

namespace cowbench::workload {

// An object in the style of a reference-counting runtime: count and type come
// before the value (CPython's PyObject_HEAD, Include/object.h).
struct Object {
  int64_t refcount;
  uintptr_t type;
  int64_t value;
};

inline constexpr char kIntegerType alignas(8)[] = "int";

inline Object* NewObject(int64_t refcount, int64_t value) {
  return NewByMalloc(
      Object{refcount, reinterpret_cast<uintptr_t>(kIntegerType), value});
}

// Holds a reference during its lifetime.
class Reference {
 public:
  // volatile: otherwise the compiler omits the stores, since the count ends
  // where it began.
  explicit Reference(volatile int64_t& count) : count_(count) {
    count_ = count_ + 1;
  }
  Reference(const Reference&) = delete;
  Reference& operator=(const Reference&) = delete;
  ~Reference() { count_ = count_ - 1; }

 private:
  volatile int64_t& count_;
};

template <typename T, typename Visitor>
void VisitPointerAndObject(T*& pointer, Visitor visit) {
  visit(&pointer, sizeof(pointer));
  visit(pointer, ElementBytes(sizeof(*pointer)));
}

// A vector of pointers to objects that were allocated one by one, in order:
// the Python list of ints.
//
// 8 + 24 bytes an element. Touching an element reads the page of its pointer
// and dirties the page or pages of its object.
class Boxed {
 public:
  static constexpr std::string_view kName = "boxed";
  static constexpr std::string_view kMeaning =
      "pointers to objects of reference count, type and value, allocated in "
      "order: a Python list of ints";
  static constexpr bool kOneObject = false;
  static constexpr uint64_t kReferenceBytes = sizeof(int64_t);
  static constexpr uint64_t kElementBytes = sizeof(Object);
  static constexpr uint64_t kLeastElementBytes = kElementBytes;

  static uint64_t ElementCount(uint64_t size, uint64_t bytes = kElementBytes) {
    return size / (sizeof(Object*) + bytes);
  }

  explicit Boxed(uint64_t elements) : objects_(elements) {}
  Boxed(const Boxed&) = delete;
  Boxed& operator=(const Boxed&) = delete;
  ~Boxed() {
    for (Object* object : objects_) {
      free(object);
    }
  }
  void Make(uint64_t i) { objects_[i] = NewObject(1, static_cast<int64_t>(i)); }

  int64_t& value(uint64_t i) { return objects_[i]->value; }
  uintptr_t& header(uint64_t i) { return objects_[i]->type; }
  Reference Hold(uint64_t i) { return Reference(objects_[i]->refcount); }
  void Free(uint64_t i) { free(objects_[i]); }
  void Replace(uint64_t i) {
    free(objects_[i]);
    objects_[i] = NewObject(1, 1);
  }
  void Append() { objects_.push_back(NewObject(1, 1)); }
  template <typename Visitor>
  void ForEachPart(uint64_t i, Visitor visit) {
    VisitPointerAndObject(objects_[i], visit);
  }

 protected:
  std::vector<Object*> objects_;
};

// Boxed with shuffled pointers: their order has nothing to do with that of the
// objects in memory, as after sorting.
class BoxedShuffled : public Boxed {
 public:
  static constexpr std::string_view kName = "boxed_shuffled";
  static constexpr std::string_view kMeaning =
      "boxed, the pointers in another order than the objects, as after sorting";

  using Boxed::Boxed;

  // Inlined, because the generator lies on the stack, which is resident: its
  // address must not depend on the compiler's choice.
  [[gnu::always_inline]] void Finish() {
    std::mt19937_64 random;  // with its fixed default seed
    for (uint64_t i = objects_.size(); i > 1; --i) {
      std::swap(objects_[i - 1], objects_[random() % i]);
    }
  }
};

// Boxed with immortal objects (PEP 683): a bit in the count says not to change
// it.
class BoxedImmortal : public Boxed {
 public:
  static constexpr std::string_view kName = "boxed_immortal";
  static constexpr std::string_view kMeaning =
      "boxed, with a bit in the count that says to leave it alone (PEP 683)";
  static constexpr uint64_t kReferenceBytes = 0;

  using Boxed::Boxed;

  void Make(uint64_t i) {
    objects_[i] = NewObject(kImmortal | 1, static_cast<int64_t>(i));
  }

  // Null for an immortal object.
  std::unique_ptr<Reference> Hold(uint64_t i) {
    volatile int64_t& count = objects_[i]->refcount;
    return (count & kImmortal) != 0 ? nullptr
                                    : std::make_unique<Reference>(count);
  }

 private:
  static constexpr int64_t kImmortal = int64_t{1} << 62;
};

// The same vector with every pointer to one object: [1] * n in Python.
//
// 8 bytes an element, and 24 for the one object. Touching any element dirties
// it.
class BoxedShared {
 public:
  static constexpr std::string_view kName = "boxed_shared";
  static constexpr std::string_view kMeaning =
      "boxed, every pointer to one object: `[1] * n`";
  static constexpr bool kOneObject = true;
  static constexpr uint64_t kReferenceBytes = sizeof(int64_t);

  static uint64_t ElementCount(uint64_t size) {
    return size < sizeof(Object) ? 0
                                 : (size - sizeof(Object)) / sizeof(Object*);
  }

  explicit BoxedShared(uint64_t elements)
      : objects_(elements, NewObject(static_cast<int64_t>(elements), 1)) {}

  int64_t& value(uint64_t i) { return objects_[i]->value; }
  uintptr_t& header(uint64_t i) { return objects_[i]->type; }
  Reference Hold(uint64_t i) { return Reference(objects_[i]->refcount); }
  template <typename Visitor>
  void ForEachPart(uint64_t i, Visitor visit) {
    VisitPointerAndObject(objects_[i], visit);
  }

 private:
  std::vector<Object*> objects_;
};

// Objects without a count; the counts are in an array of their own. Shows what
// it saves to move counts out of the objects. Bitmap marking, as in Ruby, is
// the same idea.
//
// 8 + 16 + 8 bytes an element. A reference dirties the page of the count, with
// 512 counts on a page; the objects stay clean.
class BoxedSideRefcount {
 public:
  static constexpr std::string_view kName = "boxed_side_refcount";
  static constexpr std::string_view kMeaning =
      "objects whose counts are in an array of their own";
  static constexpr bool kOneObject = false;
  static constexpr uint64_t kReferenceBytes = sizeof(int64_t);

  static constexpr uint64_t kElementBytes = 16;
  static constexpr uint64_t kLeastElementBytes = kElementBytes;

  static uint64_t ElementCount(uint64_t size, uint64_t bytes = kElementBytes) {
    return size / (sizeof(Bare*) + bytes + sizeof(int64_t));
  }

  explicit BoxedSideRefcount(uint64_t elements)
      : objects_(elements), counts_(elements, 1) {}
  BoxedSideRefcount(const BoxedSideRefcount&) = delete;
  BoxedSideRefcount& operator=(const BoxedSideRefcount&) = delete;
  ~BoxedSideRefcount() {
    for (Bare* object : objects_) {
      free(object);
    }
  }
  void Make(uint64_t i) { objects_[i] = New(); }

  int64_t& value(uint64_t i) { return objects_[i]->value; }
  uintptr_t& header(uint64_t i) { return objects_[i]->type; }
  Reference Hold(uint64_t i) { return Reference(counts_[i]); }
  void Free(uint64_t i) { free(objects_[i]); }
  void Replace(uint64_t i) {
    free(objects_[i]);
    objects_[i] = New();
  }
  void Append() {
    objects_.push_back(New());
    counts_.push_back(1);
  }
  template <typename Visitor>
  void ForEachPart(uint64_t i, Visitor visit) {
    VisitPointerAndObject(objects_[i], visit);
    visit(&counts_[i], sizeof(counts_[i]));
  }

 private:
  struct Bare {
    uintptr_t type;
    int64_t value;
  };
  static_assert(sizeof(Bare) == kElementBytes);

  static Bare* New() {
    return NewByMalloc(Bare{reinterpret_cast<uintptr_t>(kIntegerType), 1});
  }

  std::vector<Bare*> objects_;
  std::vector<int64_t> counts_;
};

}  // namespace cowbench::workload

#endif  // COWBENCH_LIB_WORKLOAD_BOXED_H_
