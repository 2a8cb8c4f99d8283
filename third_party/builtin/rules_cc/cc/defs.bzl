"""Maps rules_cc onto the rules built into Bazel, for builds by WORKSPACE.

Builds by MODULE.bazel get the real one, which is written for newer versions of
Bazel than Debian 12 and 13 have. Bazel's own tools need no more than these.
"""

# buildifier: disable=native-cc
cc_binary = native.cc_binary
cc_import = native.cc_import
cc_library = native.cc_library
cc_test = native.cc_test
cc_toolchain = native.cc_toolchain
cc_toolchain_suite = native.cc_toolchain_suite
