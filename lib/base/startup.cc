#include "lib/base/startup.h"

#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace cowbench {

absl::Status StartUp() {
  constexpr char kPages[] = "/proc/self/pagemap";
  if (access(kPages, R_OK) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat(kPages, ": ", strerror(errno), "; /proc must be mounted"));
  }
  // Populates no page: this only tells whether the kernel knows the request.
  if (madvise(nullptr, 0, MADV_POPULATE_WRITE) != 0) {
    utsname system = {};
    uname(&system);
    return absl::FailedPreconditionError(
        absl::StrCat("Linux 5.14 or newer is needed; this is ", system.release,
                     ", madvise(MADV_POPULATE_WRITE): ", strerror(errno)));
  }
  constexpr char kVariable[] = "BUILD_WORKING_DIRECTORY";
  const char* const directory = getenv(kVariable);
  if (directory != nullptr && chdir(directory) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat(kVariable, ": '", directory, "': ", strerror(errno),
                     "; it must be the directory that paths are relative to"));
  }
  return absl::OkStatus();
}

}  // namespace cowbench
