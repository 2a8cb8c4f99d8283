"""How files are compiled that instantiate layouts."""

# Debian compiles Abseil with assertions. Then find_first_non_full()
# (absl/container/internal/raw_hash_set.cc), if it is not inlined, puts an
# element into another slot of a hash table, and other pages are copied. GCC
# does not inline it in a file with so many instances unless this parameter
# raises the limit of growth, in percent. Clang has no such limit, and warns
# about the flag.
INLINE_ALL = [
    "--param=inline-unit-growth=400",
    "-Wno-unused-command-line-argument",
]
