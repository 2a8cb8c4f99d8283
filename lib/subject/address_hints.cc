#include "lib/subject/address_hints.h"

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>

namespace cowbench {
namespace {

constexpr size_t kBytes = size_t{5} << 40;
void* taken = MAP_FAILED;

#ifndef __SANITIZE_ADDRESS__  // AddressSanitizer needs these addresses
void TakeAddresses() {
  taken = mmap(reinterpret_cast<void*>(uintptr_t{2} << 40), kBytes, PROT_NONE,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

// The dynamic linker calls the functions in this section before it starts a
// library.
[[gnu::section(".preinit_array"),
  gnu::used]] void (*const take_addresses)() = TakeAddresses;
#endif

}  // namespace

void AllowAddressHints() {
  if (taken != MAP_FAILED) {
    munmap(taken, kBytes);
  }
}

}  // namespace cowbench
