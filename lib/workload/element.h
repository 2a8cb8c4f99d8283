// How many bytes an element requests, for layouts with a choice.
#ifndef COWBENCH_LIB_WORKLOAD_ELEMENT_H_
#define COWBENCH_LIB_WORKLOAD_ELEMENT_H_

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

namespace cowbench::workload {

// Bytes that each element requests; 0 for the size that its layout needs. Set
// before the build and constant afterwards. It is a global, because a member of
// the allocator below would make each container larger.
inline uint64_t element_bytes = 0;

inline uint64_t ElementBytes(uint64_t own_bytes) {
  return element_bytes == 0 ? own_bytes : element_bytes;
}

namespace internal {

// Also writes to the bytes after the `used` ones: a page that was never written
// to takes up no memory.
inline void FillUp(void* element, uint64_t used, uint64_t bytes) {
  memset(static_cast<char*>(element) + used, 1, bytes - used);
}

}  // namespace internal

// Allocates an element of type T with malloc.
template <typename T>
T* NewByMalloc(const T& value) {
  const uint64_t bytes = ElementBytes(sizeof(T));
  void* const block = malloc(bytes);
  if (block == nullptr) {
    throw std::bad_alloc();
  }
  internal::FillUp(block, sizeof(T), bytes);
  return new (block) T(value);
}

// Like std::allocator, but a single T is an element and gets its size. Several
// T at once are a container's table.
template <typename T>
struct ElementAllocator {
  using value_type = T;

  ElementAllocator() = default;
  template <typename Other>
  ElementAllocator(const ElementAllocator<Other>&) {}  // NOLINT: a conversion

  static uint64_t BytesOf(size_t count) {
    return count == 1 ? ElementBytes(sizeof(T)) : count * sizeof(T);
  }
  T* allocate(size_t count) {
    const uint64_t bytes = BytesOf(count);
    char* const block = std::allocator<char>().allocate(bytes);
    internal::FillUp(block, count * sizeof(T), bytes);
    return reinterpret_cast<T*>(block);
  }
  void deallocate(T* block, size_t count) {
    std::allocator<char>().deallocate(reinterpret_cast<char*>(block),
                                      BytesOf(count));
  }

  template <typename Other>
  bool operator==(const ElementAllocator<Other>&) const {
    return true;
  }
};

}  // namespace cowbench::workload

#endif  // COWBENCH_LIB_WORKLOAD_ELEMENT_H_
