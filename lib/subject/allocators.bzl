"""The allocators under test.

An allocator replaces malloc for a whole process, so each one has its own
executable. Bazel's `malloc` attribute links it.
"""

load("@rules_cc//cc:defs.bzl", "cc_binary")

# By the name in case ids:
#   malloc       label that the subject links
#   library      beginning of the name of the file that must define malloc; the
#                driver checks this at the subject's start
#   environment  settings of the subject, recorded with the results
#   in_default   False for one that, of the presets, only full has
#
# The settings change three defaults only, because counts would not repeat
# otherwise. No allocator gives free memory back to the kernel: the clock would
# decide when, and a page that is copied and then given back cannot be counted.
# No allocator chooses random addresses, because Abseil's hashes depend on them.
# And no allocator cleans its caches by the clock.
ALLOCATORS = {
    "glibc": struct(
        malloc = "@bazel_tools//tools/cpp:malloc",
        library = "libc.so",
        environment = ["GLIBC_TUNABLES=glibc.malloc.trim_threshold=0x7fffffffffffffff"],
    ),
    "jemalloc": struct(
        malloc = "@jemalloc//:jemalloc",
        library = "libjemalloc.so",
        # The third setting: since 5.3.1, the clock also decides when a thread's
        # cache gives unused memory back. jemalloc checks this only each time
        # that so many bytes have been allocated.
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
        # The first setting is for mimalloc up to 2.0, the second one since 2.1.
        # The third one maps space for all segments at once: for a segment of up
        # to 1 GiB, mimalloc would ask for a random address between 2 and 6 TiB
        # (mi_os_get_aligned_hint), whatever personality(2) says. 16 GiB, of
        # addresses and not of memory, is the most that mimalloc 3 accepts. It
        # may ask for a random address there, too (lib/subject/address_hints.h).
        environment = [
            "MIMALLOC_ALLOW_DECOMMIT=0",
            "MIMALLOC_PURGE_DELAY=-1",
            "MIMALLOC_RESERVE_OS_MEMORY=16GiB",
        ],
    ),
    # Its threads purge by the clock; without decay, they wait for ever. What
    # remains is what it costs to have them while one forks.
    "jemalloc_background": struct(
        malloc = "@jemalloc//:jemalloc",
        library = "libjemalloc.so",
        environment = ["MALLOC_CONF=background_thread:true,dirty_decay_ms:-1,muzzy_decay_ms:-1,tcache_gc_incr_bytes:1073741824"],
        in_default = False,
    ),
    # With the profiler and the checker of heaps.
    "tcmalloc_full": struct(
        malloc = "@gperftools//:tcmalloc",
        library = "libtcmalloc.so",
        environment = ["TCMALLOC_RELEASE_RATE=0"],
        in_default = False,
    ),
    "tbbmalloc": struct(
        malloc = "@onetbb//:tbbmalloc",
        library = "libtbbmalloc_proxy.so",
        environment = [],
        in_default = False,
    ),
}

# Keeps numpy from starting threads: a process that forks must have only one.
_PYTHON_ENVIRONMENT = ["OPENBLAS_NUM_THREADS=1"]

# pymalloc is CPython's own allocator for small objects, on top of glibc. With
# the others, CPython allocates every object by malloc.
PYTHON_ALLOCATORS = {
    name: struct(
        malloc = row.malloc,
        library = row.library,
        environment = row.environment + _PYTHON_ENVIRONMENT + setting,
        in_default = getattr(row, "in_default", True),
    )
    for name, row, setting in [("pymalloc", ALLOCATORS["glibc"], [])] +
                              [(name, row, ["PYTHONMALLOC=malloc"]) for name, row in ALLOCATORS.items()]
}

def allocator_list(allocators):
    """The table as a string for C++.

    Args:
      allocators: ALLOCATORS, or a table like it.
    Returns:
      name|library|environment|in_default;name|..., with spaces between the
      settings; in_default is True or False.
    """
    return ";".join([
        "|".join([
            name,
            row.library,
            " ".join(row.environment),
            str(getattr(row, "in_default", True)),
        ])
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
