"""The system's libraries for MODULE.bazel; WORKSPACE calls the same function."""

load("//third_party:libraries.bzl", "system_libraries")

libraries = module_extension(implementation = lambda _ctx: system_libraries())
