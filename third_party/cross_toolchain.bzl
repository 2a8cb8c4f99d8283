"""Debian's cross compiler for arm64, over the folder that scripts/setup --arm64 makes."""

_BUILD = """\
load("@bazel_tools//tools/cpp:unix_cc_toolchain_config.bzl", "cc_toolchain_config")
load("@rules_cc//cc:defs.bzl", "cc_toolchain")

platform(
    name = "platform",
    constraint_values = [
        "@platforms//cpu:aarch64",
        "@platforms//os:linux",
    ],
)

toolchain(
    name = "toolchain",
    target_compatible_with = [
        "@platforms//cpu:aarch64",
        "@platforms//os:linux",
    ],
    toolchain = ":compiler",
    toolchain_type = "@bazel_tools//tools/cpp:toolchain_type",
)

filegroup(name = "no_files")

cc_toolchain(
    name = "compiler",
    all_files = ":no_files",
    compiler_files = ":no_files",
    dwp_files = ":no_files",
    linker_files = ":no_files",
    objcopy_files = ":no_files",
    strip_files = ":no_files",
    toolchain_config = ":config",
)

# The flags are those that Bazel chooses for the system's own compiler.
cc_toolchain_config(
    name = "config",
    abi_libc_version = "local",
    abi_version = "local",
    builtin_sysroot = "{sysroot}",
    compile_flags = [
        "-U_FORTIFY_SOURCE",
        "-fstack-protector",
        "-fno-omit-frame-pointer",
    ],
    compiler = "gcc",
    cpu = "aarch64",
    cxx_builtin_include_directories = [
        "{sysroot}",
        "/usr/aarch64-linux-gnu",
        "/usr/lib/gcc-cross/aarch64-linux-gnu",
    ],
    dbg_compile_flags = ["-g"],
    host_system_name = "local",
    link_flags = [
        "-Wl,-no-as-needed",
        "-Wl,-z,relro,-z,now",
    ],
    link_libs = [
        "-lstdc++",
        "-lm",
    ],
    opt_compile_flags = [
        "-g0",
        "-O2",
        "-D_FORTIFY_SOURCE=1",
        "-DNDEBUG",
        "-ffunction-sections",
        "-fdata-sections",
    ],
    opt_link_flags = ["-Wl,--gc-sections"],
    supports_start_end_lib = False,
    target_libc = "local",
    target_system_name = "aarch64-linux-gnu",
    tool_paths = {tool_paths},
    toolchain_identifier = "aarch64-linux-gnu",
    unfiltered_compile_flags = [
        "-fno-canonical-system-headers",
        "-Wno-builtin-macro-redefined",
        "-D__DATE__=\\"redacted\\"",
        "-D__TIMESTAMP__=\\"redacted\\"",
        "-D__TIME__=\\"redacted\\"",
    ],
)
"""

_TOOLS = ["ar", "cpp", "dwp", "gcc", "gcov", "ld", "nm", "objcopy", "objdump", "strip"]

def sysroot_path(ctx):
    """The folder of arm64 packages.

    Args:
      ctx: of a repository rule.
    Returns:
      Its path, as a string.
    """
    folder = ctx.path(Label("//:BUILD")).dirname.get_child("sysroots").get_child("arm64")
    if not folder.get_child("cowbench.made").exists:
        fail("{} not found: scripts/setup --arm64".format(folder))
    return str(folder)

def _cross_toolchain_impl(ctx):
    tool_paths = {tool: "/usr/bin/aarch64-linux-gnu-" + tool for tool in _TOOLS}

    # The rule wants a path; nothing uses it.
    tool_paths["llvm-cov"] = "/bin/false"
    ctx.file("BUILD", _BUILD.format(
        sysroot = sysroot_path(ctx),
        tool_paths = repr(tool_paths),
    ))

cross_toolchain = repository_rule(
    implementation = _cross_toolchain_impl,
    configure = True,
    local = True,
)
