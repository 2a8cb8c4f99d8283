"""How files are compiled that instantiate layouts."""

# Debian compiles Abseil with assertions. With them, find_first_non_full() puts
# an element elsewhere in a hash table (absl/container/internal/
# raw_hash_set.cc), which is then copied in other places. So it must be inlined
# here, which GCC refuses where a file with so many instances would grow by more
# than this many percent. Clang has no such limit, and says so.
INLINE_ALL = [
    "--param=inline-unit-growth=400",
    "-Wno-unused-command-line-argument",
]
