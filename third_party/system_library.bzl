"""Libraries of the system as Bazel repositories, found by pkg-config.

A repository is made only when a target that is built depends on it, so a
library that is missing stops only the builds that need it, with the name of
the Debian package to install.

--config=arm64 sets COWBENCH_TARGET=arm64: then they are those of the folder that
scripts/setup --arm64 makes.
"""

load("//third_party:cross_toolchain.bzl", "sysroot_path")

def _sysroot(ctx):
    return sysroot_path(ctx) if ctx.os.environ.get("COWBENCH_TARGET") == "arm64" else ""

def _pkg_config(ctx, module, options):
    sysroot = _sysroot(ctx)
    libraries = sysroot + "/usr/lib/aarch64-linux-gnu"
    result = ctx.execute(["pkg-config"] + options + [module], environment = {
        "PKG_CONFIG_LIBDIR": "{}/pkgconfig:{}/usr/share/pkgconfig".format(libraries, sysroot),
        "PKG_CONFIG_SYSROOT_DIR": sysroot,
        # What the compiler looks into by itself.
        "PKG_CONFIG_SYSTEM_INCLUDE_PATH": sysroot + "/usr/include",
        "PKG_CONFIG_SYSTEM_LIBRARY_PATH": libraries,
    } if sysroot else {})
    return result.stdout.strip().split(" ") if result.return_code == 0 else None

def _missing(ctx, what):
    fail("{what}. Install the Debian package '{package}': scripts/setup, or apt-get install {package}".format(
        what = what,
        package = ctx.attr.debian_package,
    ))

def _static(ctx, flag, folder):
    if flag.startswith("-l" + ctx.attr.static_prefix):
        archive = "lib{}.a".format(flag[2:])

        # Not every distribution has one.
        if ctx.path("{}/{}".format(folder, archive)).exists:
            return "-l:" + archive
    return flag

def _linkopts(ctx, module):
    if not ctx.which("pkg-config"):
        fail("pkg-config not found. Install the Debian package 'pkg-config': scripts/setup, or apt-get install pkg-config")
    floor = ctx.attr.version_floor
    if _pkg_config(ctx, module, ["--exists"]) == None:
        _missing(ctx, "pkg-config does not know '{}'".format(module))
    if _pkg_config(ctx, module, ["--atleast-version=" + floor]) == None:
        _missing(ctx, "'{}' {} is older than {}, the oldest that cowbench builds with".format(
            module,
            _pkg_config(ctx, module, ["--modversion"])[0],
            floor,
        ))
    flags = [flag for flag in _pkg_config(ctx, module, ["--libs"]) if flag]
    if ctx.attr.static_prefix:
        folder = _pkg_config(ctx, module, ["--variable=libdir"])[0]
        flags = [_static(ctx, flag, folder) for flag in flags]
    return flags

def _include_folder(ctx, module):
    """A link to the folder of headers that no compiler looks into by itself, if any."""
    flags = [flag for flag in _pkg_config(ctx, module, ["--cflags-only-I"]) if flag]
    if not flags:
        return None
    if len(flags) > 1:
        fail("pkg-config names more than one folder of headers for '{}': {}".format(module, flags))
    folder = "include_" + module
    ctx.symlink(flags[0][len("-I"):], folder)
    return folder

def _header_linkopts(ctx, library):
    """For the libraries that come without a pkg-config file."""
    header, macro, linkopt = ctx.attr.header_libraries[library]
    header = _sysroot(ctx) + header
    if not ctx.path(header).exists:
        _missing(ctx, "{} not found".format(header))
    for line in ctx.read(header).split("\n"):
        words = [word for word in line.split(" ") if word]
        if words[:2] == ["#define", macro]:
            if int(words[2]) < int(ctx.attr.version_floor):
                _missing(ctx, "{} {} in {} is older than {}, the oldest that cowbench builds with".format(
                    macro,
                    words[2],
                    header,
                    ctx.attr.version_floor,
                ))
            return [linkopt]
    return _missing(ctx, "{} does not define {}".format(header, macro))

def _system_library_impl(ctx):
    linkopts = {}
    include_folders = {}
    for label, module in ctx.attr.modules.items():
        linkopts[label] = _linkopts(ctx, module)
        include_folders[label] = _include_folder(ctx, module)
    for label in ctx.attr.header_libraries:
        linkopts[label] = _header_linkopts(ctx, label)

    packages = {}
    for label in linkopts:
        package, name = label.split(":")
        folder = include_folders.get(label)
        headers = "" if folder == None else """
    hdrs = glob(["{folder}/**/*.h"]),
    includes = ["{folder}"],""".format(folder = folder)
        packages.setdefault(package, []).append("""\
cc_library(
    name = "{name}",{headers}
    linkopts = {linkopts},
    visibility = ["//visibility:public"],
)
""".format(
            name = name,
            headers = headers,
            linkopts = repr(["-Wl,--push-state,{}".format(ctx.attr.link_mode)] + linkopts[label] + ["-Wl,--pop-state"]),
        ))
    for package, targets in packages.items():
        ctx.file(
            package + "/BUILD" if package else "BUILD",
            "\n".join(["load(\"@rules_cc//cc:defs.bzl\", \"cc_library\")\n"] + targets),
        )

system_library = repository_rule(
    implementation = _system_library_impl,
    attrs = {
        "debian_package": attr.string(mandatory = True),
        "header_libraries": attr.string_list_dict(
            doc = "Label -> [header, macro with the version, linker flag].",
        ),
        "link_mode": attr.string(
            default = "--as-needed",
            doc = "An allocator is linked for what it replaces, not for a symbol that is called by name: --no-as-needed.",
            values = ["--as-needed", "--no-as-needed"],
        ),
        "modules": attr.string_dict(doc = "Label -> pkg-config module."),
        "static_prefix": attr.string(
            doc = "Libraries whose names begin like this are linked statically where the system has archives.",
        ),
        "version_floor": attr.string(mandatory = True),
    },
    # The system may change between two runs of Bazel.
    configure = True,
    environ = ["COWBENCH_TARGET"],
    local = True,
)
