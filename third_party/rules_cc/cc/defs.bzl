"""Maps rules_cc onto the rules built into Bazel.

Debian's bazel-rules-cc is written for newer versions of Bazel than the one
Debian 12 ships, and Bazel's own tools need no more than these names.
"""

# buildifier: disable=native-cc
cc_binary = native.cc_binary
cc_import = native.cc_import
cc_library = native.cc_library
cc_test = native.cc_test
cc_toolchain = native.cc_toolchain
cc_toolchain_suite = native.cc_toolchain_suite
