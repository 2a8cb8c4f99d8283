"""The allocators under test, one entry each.

Each becomes an executable of its own, linked by Bazel's `malloc` attribute,
because an allocator replaces malloc for a whole process.
"""

load("@rules_cc//cc:defs.bzl", "cc_binary")

# Name in case ids -> what it is made of:
#   malloc       label that the subject links
#   library      beginning of the name of the file that must then define
#                malloc; the subject checks at its start
#   environment  settings of the subject, recorded with the results
#
# All defaults are kept but three, without which no count repeats. No allocator
# gives free memory back to the kernel: the clock would decide when, and a page
# that was copied and then given back is no longer there to be counted. None
# chooses addresses at random, for they are part of Abseil's hashes. And none
# looks at the clock to tidy its caches.
ALLOCATORS = {
    "glibc": struct(
        malloc = "@bazel_tools//tools/cpp:malloc",
        library = "libc.so",
        environment = ["GLIBC_TUNABLES=glibc.malloc.trim_threshold=0x7fffffffffffffff"],
    ),
    "jemalloc": struct(
        malloc = "@jemalloc//:jemalloc",
        library = "libjemalloc.so",
        # The third one: since 5.3.1 a clock has a say in when a thread's cache
        # gives back what is not in use. After so many bytes, it never does.
        environment = ["MALLOC_CONF=dirty_decay_ms:-1,muzzy_decay_ms:-1,tcache_gc_incr_bytes:1073741824"],
    ),
    "tcmalloc": struct(
        malloc = "@gperftools//:tcmalloc_minimal",
        library = "libtcmalloc_minimal.so",
        environment = ["TCMALLOC_RELEASE_RATE=0"],
    ),
    "mimalloc": struct(
        malloc = "@mimalloc//:mimalloc",
        library = "libmimalloc.so",
        # The first one up to mimalloc 2.0, the second one since 2.1. The third
        # one is a mapping for all segments: it asks for those of up to 1 GiB at
        # an address that is random within 2 to 6 TiB (mi_os_get_aligned_hint),
        # whatever personality(2) says. 16 GiB of addresses, not of memory, is
        # the most that mimalloc 3 takes; it, too, may ask for a random address
        # (lib/subject/address_hints.h).
        environment = [
            "MIMALLOC_ALLOW_DECOMMIT=0",
            "MIMALLOC_PURGE_DELAY=-1",
            "MIMALLOC_RESERVE_OS_MEMORY=16GiB",
        ],
    ),
}

# numpy starts no threads of its own: a process that forks has one.
_PYTHON_ENVIRONMENT = ["OPENBLAS_NUM_THREADS=1"]

# CPython's own allocator of small objects, which has glibc's under it, and
# CPython without it: every object is one of malloc's.
PYTHON_ALLOCATORS = {
    name: struct(
        malloc = row.malloc,
        library = row.library,
        environment = row.environment + _PYTHON_ENVIRONMENT + setting,
    )
    for name, row, setting in [("pymalloc", ALLOCATORS["glibc"], [])] +
                              [(name, row, ["PYTHONMALLOC=malloc"]) for name, row in ALLOCATORS.items()]
}

def allocator_list(allocators):
    """The table for C++.

    Args:
      allocators: ALLOCATORS, or a table like it.
    Returns:
      name|library|environment;name|library|environment, ... with spaces
      between the settings.
    """
    return ";".join([
        "|".join([name, row.library, " ".join(row.environment)])
        for name, row in allocators.items()
    ])

ALLOCATOR_LIST = allocator_list(ALLOCATORS)

def subject_binaries(name, allocators = ALLOCATORS, **kwargs):
    """One executable for each allocator, called <name>_<allocator>.

    Args:
      name: the prefix, and a filegroup of all of them.
      allocators: ALLOCATORS, or a table like it.
      **kwargs: passed on to each cc_binary.
    """
    for allocator, row in allocators.items():
        cc_binary(
            name = "{}_{}".format(name, allocator),
            malloc = row.malloc,
            **kwargs
        )
    native.filegroup(
        name = name,
        srcs = ["{}_{}".format(name, allocator) for allocator in allocators],
        testonly = kwargs.get("testonly", False),
        visibility = kwargs.get("visibility"),
    )
