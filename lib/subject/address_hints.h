// Lets the kernel choose the address of an allocator's memory.
#ifndef COWBENCH_LIB_SUBJECT_ADDRESS_HINTS_H_
#define COWBENCH_LIB_SUBJECT_ADDRESS_HINTS_H_

namespace cowbench {

// mimalloc asks for its memory at a random address within 2 to 6 TiB (3.3 and
// newer do for the first of it; src/os.c, _mi_os_get_aligned_hint), whatever
// personality(2) says, and what a child copies depends on the address. From
// before the first library starts, nothing is free there; from this call on,
// all is again.
void AllowAddressHints();

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUBJECT_ADDRESS_HINTS_H_
