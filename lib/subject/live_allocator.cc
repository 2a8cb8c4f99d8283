#include "lib/subject/live_allocator.h"

#include <dlfcn.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace cowbench {
namespace {

// The file that defines `symbol` for the whole process; empty if none. The
// dynamic linker owns the name: a copy would lie in the heap under test, whose
// layout would then depend on the name's length.
absl::string_view DefinedIn(const char* symbol) {
  void* const address = dlsym(RTLD_DEFAULT, symbol);
  Dl_info info;
  if (address == nullptr || dladdr(address, &info) == 0) {
    return "";
  }
  return info.dli_fname;
}

template <typename Function>
Function* FunctionOf(absl::string_view library, const char* symbol) {
  // Another allocator may be loaded, too, but not be the live one.
  return DefinedIn(symbol) == library
             ? reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, symbol))
             : nullptr;
}

// oneTBB's malloc passes on to a library of its own, which has all the rest.
bool IsTbbmalloc(absl::string_view library) {
  return absl::StrContains(library, "/libtbbmalloc_proxy.so");
}

using Mallctl = int(const char*, void*, size_t*, void*, size_t);

// Each library has its own way to tell its version.
void GetVersion(absl::string_view library, Text<128>* result) {
  if (auto* mallctl = FunctionOf<Mallctl>(library, "mallctl")) {  // jemalloc
    const char* version = nullptr;
    size_t bytes = sizeof(version);
    if (mallctl("version", &version, &bytes, nullptr, 0) == 0) {
      *result = version;
      return;
    }
  }
  using TcVersion = const char*(int*, int*, const char**);
  if (auto* version = FunctionOf<TcVersion>(library, "tc_version")) {
    *result = version(nullptr, nullptr, nullptr);
  } else if (auto* mi_version = FunctionOf<int()>(library, "mi_version")) {
    // 209 is 2.0.9; newer ones have two digits for each part: 30600 is 3.6.0.
    const int digits = mi_version();
    const int base = digits < 1000 ? 10 : 100;
    snprintf(result->characters, sizeof(result->characters), "%d.%d.%d",
             digits / base / base, digits / base % base, digits % base);
  } else if (IsTbbmalloc(library)) {
    // Only the name of the file tells: libtbbmalloc_proxy.so.2.8.
    char file[64] = {};
    const ssize_t length =
        readlink(library.data(), file, sizeof(file) - 1);  // a C string
    const absl::string_view name = length > 0 ? file : library;
    *result = absl::ClippedSubstr(name, name.find(".so.") + 4);
  } else if (auto* libc_version =
                 FunctionOf<const char*()>(library, "gnu_get_libc_version")) {
    *result = libc_version();
  } else {
    *result = "unknown";
  }
}

}  // namespace

absl::StatusOr<LiveAllocator> FindLiveAllocator() {
  const absl::string_view library = DefinedIn("malloc");
  for (const char* symbol : {"calloc", "realloc", "free", "posix_memalign"}) {
    const absl::string_view other = DefinedIn(symbol);
    if (other != library) {
      return absl::FailedPreconditionError(absl::StrCat(
          "malloc is defined in ", library, ", but ", symbol, " in ", other));
    }
  }
  LiveAllocator allocator = {.library = library, .version = {}};
  GetVersion(library, &allocator.version);
  return allocator;
}

absl::Status ReleaseFreeMemory() {
  const absl::string_view library = DefinedIn("malloc");
  if (auto* mallctl = FunctionOf<Mallctl>(library, "mallctl")) {
    // MALLCTL_ARENAS_ALL in jemalloc.h.
    const int error = mallctl("arena.4096.purge", nullptr, nullptr, nullptr, 0);
    return error == 0 ? absl::OkStatus()
                      : absl::InternalError("jemalloc cannot purge its arenas");
  }
  if (auto* release =
          FunctionOf<void()>(library, "MallocExtension_ReleaseFreeMemory")) {
    release();
  } else if (auto* collect = FunctionOf<void(bool)>(library, "mi_collect")) {
    collect(/*force=*/true);
  } else if (IsTbbmalloc(library)) {
    using Command = int(int, void*);
    constexpr int kCleanAllBuffers = 0;  // oneapi/tbb/scalable_allocator.h
    auto* command = reinterpret_cast<Command*>(
        dlsym(RTLD_DEFAULT, "scalable_allocation_command"));
    if (command != nullptr) {
      command(kCleanAllBuffers, nullptr);
    }
  } else if (auto* trim = FunctionOf<int(size_t)>(library, "malloc_trim")) {
    trim(/*pad=*/0);
  } else {
    return absl::UnimplementedError(
        absl::StrCat(library, " offers no known way to give free memory back"));
  }
  return absl::OkStatus();
}

}  // namespace cowbench
