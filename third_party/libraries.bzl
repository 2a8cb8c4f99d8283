"""The system libraries that cowbench builds with: one entry each.

The floor is the version in Debian 12, the oldest one that is tested.
"""

load("//third_party:cross_toolchain.bzl", "cross_toolchain")
load("//third_party:system_library.bzl", "system_library")

# The labels are upstream's own: "absl/strings:strings" is
# @com_google_absl//absl/strings, found as the pkg-config module absl_strings.
_ABSL = [
    "absl/cleanup:cleanup",
    "absl/container:btree",
    "absl/container:flat_hash_map",
    "absl/container:node_hash_map",
    "absl/flags:commandlineflag",
    "absl/flags:flag",
    "absl/flags:reflection",
    "absl/functional:function_ref",
    "absl/status:status",
    "absl/status:statusor",
    "absl/strings:cord",
    "absl/strings:str_format",
    "absl/strings:strings",
    "absl/time:time",
    "absl/types:span",
]

_ABSL_MODULES = {
    "absl/flags:commandlineflag": "absl_flags_commandlineflag",
    "absl/flags:flag": "absl_flags",
    "absl/flags:reflection": "absl_flags_reflection",
}

def system_libraries():
    """Declares every library; each is looked for when it is first needed."""
    cross_toolchain(name = "arm64")
    system_library(
        name = "com_google_absl",
        debian_package = "libabsl-dev",
        modules = {
            label: _ABSL_MODULES.get(label, "absl_" + label.split(":")[1])
            for label in _ABSL
        },
        # Static, because a subject with forty shared libraries would have
        # hundreds of mappings to fork and to read.
        static_prefix = "absl",
        version_floor = "20220623",
    )
    system_library(
        name = "com_google_benchmark",
        debian_package = "libbenchmark-dev",
        modules = {":benchmark": "benchmark"},
        version_floor = "1.7.1",
    )
    system_library(
        name = "com_googlesource_code_re2",
        debian_package = "libre2-dev",
        modules = {":re2": "re2"},
        # As in its pkg-config file in every release up to 2023.
        version_floor = "0.0.0",
    )
    system_library(
        name = "elfutils",
        debian_package = "libdw-dev",
        modules = {":dw": "libdw"},
        version_floor = "0.188",
    )
    system_library(
        name = "python3",
        debian_package = "python3-dev",
        modules = {":embed": "python3-embed"},
        version_floor = "3.11",
    )
    system_library(
        name = "com_google_googletest",
        debian_package = "libgtest-dev",
        modules = {
            ":gtest": "gtest",
            ":gtest_main": "gtest_main",
        },
        version_floor = "1.12.1",
    )
    system_library(
        name = "jemalloc",
        debian_package = "libjemalloc-dev",
        link_mode = "--no-as-needed",
        modules = {":jemalloc": "jemalloc"},
        version_floor = "5.3.0",
    )
    system_library(
        name = "gperftools",
        debian_package = "libgoogle-perftools-dev",
        link_mode = "--no-as-needed",
        modules = {
            ":tcmalloc": "libtcmalloc",
            ":tcmalloc_minimal": "libtcmalloc_minimal",
        },
        version_floor = "2.10",
    )
    system_library(
        name = "mimalloc",
        debian_package = "libmimalloc-dev",
        link_mode = "--no-as-needed",
        header_libraries = {
            ":mimalloc": ["/usr/include/mimalloc.h", "MI_MALLOC_VERSION", "-lmimalloc"],
        },
        version_floor = "209",
    )
    system_library(
        name = "onetbb",
        debian_package = "libtbb-dev",
        link_mode = "--no-as-needed",
        # Its pkg-config file names the scheduler, not the allocator.
        header_libraries = {
            ":tbbmalloc": ["/usr/include/oneapi/tbb/version.h", "TBB_VERSION_MAJOR", "-ltbbmalloc_proxy"],
        },
        version_floor = "2021",
    )
