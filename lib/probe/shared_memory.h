// Memory for the measuring code itself.
#ifndef COWBENCH_LIB_PROBE_SHARED_MEMORY_H_
#define COWBENCH_LIB_PROBE_SHARED_MEMORY_H_

#include <cstddef>
#include <type_traits>
#include <utility>

#include "absl/status/statusor.h"

namespace cowbench::probe {

// A zeroed anonymous mapping, MAP_SHARED: fork() gives child and parent the
// same pages, so it is never copied on write and never counted. Pages take up
// memory when they are first touched.
//
// It lies far from where mmap(2) puts other mappings, so that an allocator gets
// the same addresses whatever is mapped for measuring.
class SharedMemory {
 public:
  // Errors: kResourceExhausted when the kernel refuses.
  static absl::StatusOr<SharedMemory> Map(size_t bytes);

  SharedMemory(SharedMemory&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), bytes_(other.bytes_) {}
  SharedMemory& operator=(SharedMemory&&) = delete;
  ~SharedMemory();

  // The memory as an array. Any object without a constructor may live there.
  template <typename T>
  T* as() const {
    static_assert(std::is_trivially_destructible_v<T>);
    return static_cast<T*>(data_);
  }

  // Maps every page now in this process; a child that inherits the mapping
  // has its own page tables and must do it again.
  void Touch() const;

 private:
  SharedMemory(void* data, size_t bytes) : data_(data), bytes_(bytes) {}

  void* data_;
  size_t bytes_;
};

}  // namespace cowbench::probe

#endif  // COWBENCH_LIB_PROBE_SHARED_MEMORY_H_
