#include "lib/suite/runfiles.h"

#include <filesystem>
#include <memory>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "rules_cc/cc/runfiles/runfiles.h"

namespace cowbench {

using rules_cc::cc::runfiles::Runfiles;

namespace {

// Null on failure.
std::unique_ptr<Runfiles> OfThisProgram(std::string* error) {
  std::error_code ignored;
  // Not argv[0], which may be a link in another folder.
  return std::unique_ptr<Runfiles>(Runfiles::Create(
      std::filesystem::read_symlink("/proc/self/exe", ignored), error));
}

}  // namespace

absl::StatusOr<std::string> FindRunfile(absl::string_view path) {
  std::string error;
  const std::unique_ptr<Runfiles> runfiles = OfThisProgram(&error);
  if (runfiles == nullptr) {
    return absl::NotFoundError(error);
  }
  std::error_code ignored;
  // The main repository has the first name without Bazel modules, and the
  // second one with them.
  for (const char* repository : {"cowbench/", "_main/"}) {
    const std::string found =
        runfiles->Rlocation(absl::StrCat(repository, path));
    if (!found.empty() && std::filesystem::exists(found, ignored)) {
      return std::filesystem::absolute(found).string();
    }
  }
  return absl::NotFoundError(
      absl::StrCat("the runfiles lack ", path,
                   ": run this program by bazel run, or from bazel-bin"));
}

std::vector<std::string> RunfilesEnvironment() {
  std::vector<std::string> variables;
  std::string error;
  if (const auto runfiles = OfThisProgram(&error); runfiles != nullptr) {
    for (const auto& [name, value] : runfiles->EnvVars()) {
      variables.push_back(absl::StrCat(name, "=", value));
    }
  }
  return variables;
}

}  // namespace cowbench
