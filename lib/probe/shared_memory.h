// Memory for the code that measures.
#ifndef COWBENCH_LIB_PROBE_SHARED_MEMORY_H_
#define COWBENCH_LIB_PROBE_SHARED_MEMORY_H_

#include <cstddef>
#include <type_traits>
#include <utility>

#include "absl/status/statusor.h"

namespace cowbench::probe {

// A zeroed anonymous mapping, MAP_SHARED: child and parent have the same pages,
// so they are never copied on write and never counted. A page takes up memory
// once it is touched.
//
// The mapping lies far from where mmap(2) puts others, so that an allocator
// gets the same addresses whatever is mapped for measuring.
class SharedMemory {
 public:
  // Errors: kResourceExhausted when the kernel refuses.
  static absl::StatusOr<SharedMemory> Map(size_t bytes);

  SharedMemory(SharedMemory&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), bytes_(other.bytes_) {}
  SharedMemory& operator=(SharedMemory&&) = delete;
  ~SharedMemory();

  // The memory as an array of objects that need no constructor.
  template <typename T>
  T* as() const {
    static_assert(std::is_trivially_destructible_v<T>);
    return static_cast<T*>(data_);
  }

  // Maps every page in this process now. A child has page tables of its own,
  // and must do it again.
  void Touch() const;

 private:
  SharedMemory(void* data, size_t bytes) : data_(data), bytes_(bytes) {}

  void* data_;
  size_t bytes_;
};

}  // namespace cowbench::probe

#endif  // COWBENCH_LIB_PROBE_SHARED_MEMORY_H_
