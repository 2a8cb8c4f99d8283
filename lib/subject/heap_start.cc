// Has the heap begin at an address that does not depend on how large the
// program is. The kernel has it begin behind the program's own data, and what
// is copied depends a little on where that is: tcmalloc's books are a table by
// address, and Abseil's hash tables add their address to each hash.
#include <unistd.h>

#include <cstdint>

namespace {

#ifndef __SANITIZE_ADDRESS__  // it has no heap of its own there
void MoveBreak() {
  // Every so many bytes, where heaps began before there was this file, so that
  // counts of earlier versions compare.
  constexpr uintptr_t kStep = uintptr_t{64} << 20;
  constexpr uintptr_t kOffset = 0x15f6000;
  const auto page = static_cast<uintptr_t>(getpagesize());
  const uintptr_t offset = (kOffset + page - 1) / page * page;
  const auto begin = reinterpret_cast<uintptr_t>(sbrk(0));
  sbrk(static_cast<intptr_t>((offset - begin) % kStep));
}

// The dynamic linker calls what is listed here before it starts a library.
[[gnu::section(".preinit_array"),
  gnu::used]] void (*const move_break)() = MoveBreak;
#endif

}  // namespace
