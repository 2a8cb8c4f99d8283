// Makes the kernel choose the addresses of an allocator's memory.
#ifndef COWBENCH_LIB_SUBJECT_ADDRESS_HINTS_H_
#define COWBENCH_LIB_SUBJECT_ADDRESS_HINTS_H_

namespace cowbench {

// mimalloc asks for its memory at a random address between 2 and 6 TiB,
// whatever personality(2) says (src/os.c, _mi_os_get_aligned_hint; version 3.3
// and newer do this only for their first memory). What a child copies depends
// on the address. So a subject reserves all these addresses before the first
// library starts. This call frees them again.
void AllowAddressHints();

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUBJECT_ADDRESS_HINTS_H_
