"""The allocators under test: one entry each, and nothing else to change.

Each becomes an executable of its own, linked by Bazel's `malloc` attribute,
because an allocator replaces malloc for a whole process.
"""

# Name in case ids -> (label that the subject links, beginning of the name of
# the file that must then define malloc; the subject checks at its start).
ALLOCATORS = {
    "glibc": ("@bazel_tools//tools/cpp:malloc", "libc.so"),
    "jemalloc": ("@jemalloc//:jemalloc", "libjemalloc.so"),
    "tcmalloc": ("@gperftools//:tcmalloc_minimal", "libtcmalloc_minimal.so"),
    "mimalloc": ("@mimalloc//:mimalloc", "libmimalloc.so"),
}

# For C++: name=file,name=file, ...
ALLOCATOR_LIST = ",".join(["{}={}".format(name, row[1]) for name, row in ALLOCATORS.items()])

def subject_binaries(name, **kwargs):
    """One executable for each allocator, called <name>_<allocator>.

    Args:
      name: the prefix, and a filegroup of all of them.
      **kwargs: passed on to each cc_binary.
    """
    for allocator, (malloc, _) in ALLOCATORS.items():
        native.cc_binary(
            name = "{}_{}".format(name, allocator),
            malloc = malloc,
            **kwargs
        )
    native.filegroup(
        name = name,
        srcs = ["{}_{}".format(name, allocator) for allocator in ALLOCATORS],
        testonly = kwargs.get("testonly", False),
        visibility = kwargs.get("visibility"),
    )
