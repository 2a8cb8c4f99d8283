#ifndef COWBENCH_LIB_WORKLOAD_BOXED_H_
#define COWBENCH_LIB_WORKLOAD_BOXED_H_

#include <cstdint>
#include <cstdlib>
#include <new>
#include <string_view>
#include <vector>

namespace cowbench {

// An object as a reference-counting runtime has it: the count and the type
// stand in front of the value (CPython's PyObject_HEAD, Include/object.h).
struct Object {
  int64_t refcount;
  const void* type;
  int64_t value;
};

inline constexpr char kIntegerType[] = "int";

inline Object* NewObject(int64_t refcount, int64_t value) {
  void* block = malloc(sizeof(Object));
  if (block == nullptr) {
    throw std::bad_alloc();
  }
  return new (block) Object{refcount, kIntegerType, value};
}

// A vector of pointers to objects that were allocated one by one, in order:
// the Python list of ints.
//
// 8 + 24 bytes an element. Touching an element reads the page of its pointer
// and dirties the page or pages of its object.
class Boxed {
 public:
  static constexpr std::string_view kName = "boxed";
  static constexpr bool kOneObject = false;

  static uint64_t ElementCount(uint64_t size) {
    return size / (sizeof(Object*) + sizeof(Object));
  }

  explicit Boxed(uint64_t elements) : objects_(elements) {
    int64_t value = 0;
    for (Object*& object : objects_) {
      object = NewObject(1, value++);
    }
  }

  uint64_t elements() const { return objects_.size(); }
  int64_t& value(uint64_t i) { return objects_[i]->value; }
  int64_t& refcount(uint64_t i) { return objects_[i]->refcount; }
  void Free(uint64_t i) { free(objects_[i]); }

 private:
  std::vector<Object*> objects_;
};

// The same vector with every pointer to one object: [1] * n in Python.
//
// 8 bytes an element, and 24. Touching any element dirties the one object.
class BoxedShared {
 public:
  static constexpr std::string_view kName = "boxed_shared";
  static constexpr bool kOneObject = true;

  static uint64_t ElementCount(uint64_t size) {
    return size < sizeof(Object) ? 0
                                 : (size - sizeof(Object)) / sizeof(Object*);
  }

  explicit BoxedShared(uint64_t elements)
      : objects_(elements, NewObject(static_cast<int64_t>(elements), 1)) {}

  uint64_t elements() const { return objects_.size(); }
  int64_t& value(uint64_t i) { return objects_[i]->value; }
  int64_t& refcount(uint64_t i) { return objects_[i]->refcount; }

 private:
  std::vector<Object*> objects_;
};

}  // namespace cowbench

#endif  // COWBENCH_LIB_WORKLOAD_BOXED_H_
