#include "lib/subject/live_allocator.h"

#include <dlfcn.h>

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace cowbench {
namespace {

// The file that defines `symbol` for the whole process; empty if none.
std::string DefinedIn(const char* symbol) {
  void* const address = dlsym(RTLD_DEFAULT, symbol);
  Dl_info info;
  if (address == nullptr || dladdr(address, &info) == 0) {
    return "";
  }
  return info.dli_fname;
}

template <typename Function>
Function* FunctionOf(const std::string& library, const char* symbol) {
  // Another allocator may be loaded without being the one that answers.
  return DefinedIn(symbol) == library
             ? reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, symbol))
             : nullptr;
}

// A way of asking for each library that has one of its own.
std::string VersionOf(const std::string& library) {
  using Mallctl = int(const char*, void*, size_t*, void*, size_t);
  if (auto* mallctl = FunctionOf<Mallctl>(library, "mallctl")) {  // jemalloc
    const char* version = nullptr;
    size_t bytes = sizeof(version);
    if (mallctl("version", &version, &bytes, nullptr, 0) == 0) {
      return version;
    }
  }
  using TcVersion = const char*(int*, int*, const char**);
  if (auto* version = FunctionOf<TcVersion>(library, "tc_version")) {
    return version(nullptr, nullptr, nullptr);
  }
  if (auto* version = FunctionOf<int()>(library, "mi_version")) {
    // One digit each of major, minor and patch level.
    const int digits = version();
    return absl::StrCat(digits / 100, ".", digits / 10 % 10, ".", digits % 10);
  }
  if (auto* version =
          FunctionOf<const char*()>(library, "gnu_get_libc_version")) {
    return version();
  }
  return "unknown";
}

}  // namespace

absl::StatusOr<LiveAllocator> FindLiveAllocator() {
  const std::string library = DefinedIn("malloc");
  for (const char* symbol : {"calloc", "realloc", "free", "posix_memalign"}) {
    const std::string other = DefinedIn(symbol);
    if (other != library) {
      return absl::FailedPreconditionError(absl::StrCat(
          "malloc is defined in ", library, ", but ", symbol, " in ", other));
    }
  }
  return LiveAllocator{.library = library, .version = VersionOf(library)};
}

}  // namespace cowbench
