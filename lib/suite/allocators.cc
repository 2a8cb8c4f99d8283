#include "lib/suite/allocators.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/base/printable.h"
#include "lib/base/status_macros.h"
#include "lib/suite/flag_values.h"
#include "lib/suite/runfiles.h"

namespace cowbench {
namespace {

constexpr absl::string_view kPreloadVariable = "LD_PRELOAD=";

absl::Status Refuse(absl::string_view value, absl::string_view message) {
  return absl::InvalidArgumentError(absl::StrCat("'", value, "' ", message));
}

// "NAME=value" -> "NAME="; empty if it does not begin with a variable's name.
absl::string_view VariableOf(absl::string_view setting) {
  const size_t equals = setting.find('=');
  const absl::string_view name = setting.substr(0, equals);
  const bool is_name =
      equals != setting.npos && !name.empty() &&
      !absl::ascii_isdigit(name[0]) &&
      std::all_of(name.begin(), name.end(), [](unsigned char c) {
        return absl::ascii_isalnum(c) || c == '_';
      });
  return is_name ? setting.substr(0, equals + 1) : absl::string_view();
}

// The name is a part of case ids and of keys in the context, and readers of
// results must find it there.
bool IsAllocatorName(absl::string_view name) {
  return !name.empty() &&
         absl::ascii_isalnum(static_cast<unsigned char>(name[0])) &&
         !absl::EndsWith(name, kSettingsSuffix) &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c) ||
                  absl::StrContains("_.+-", static_cast<char>(c));
         });
}

// Splits at each comma that is followed by ENV=.
std::vector<std::string> SplitSettings(absl::string_view text) {
  std::vector<std::string> settings;
  for (const absl::string_view part : absl::StrSplit(text, ',')) {
    if (settings.empty() || !VariableOf(part).empty()) {
      settings.emplace_back(part);
    } else {
      absl::StrAppend(&settings.back(), ",", part);
    }
  }
  return settings;
}

bool IsSharedLibrary(const std::string& path) {
  constexpr absl::string_view kElf =
      "\x7f"
      "ELF";
  char begin[kElf.size()] = {};
  std::ifstream(path).read(begin, sizeof(begin));
  return absl::string_view(begin, sizeof(begin)) == kElf;
}

// Sets a variable, in place of the setting of that name if there is one.
absl::Status Set(const std::string& setting, Allocator* allocator) {
  const absl::string_view variable = VariableOf(setting);
  if (variable.empty()) {
    return Refuse(setting, "is not ENV=VALUE");
  }
  std::erase_if(allocator->environment, [&](const std::string& old) {
    return absl::StartsWith(old, variable);
  });
  allocator->environment.push_back(setting);
  return absl::OkStatus();
}

absl::Status Preload(const std::string& file, Allocator* allocator) {
  if (access(file.c_str(), R_OK) != 0) {
    return Refuse(file, absl::StrCat("to preload: ", strerror(errno)));
  }
  if (!IsSharedLibrary(file)) {
    return Refuse(file, "to preload: not a shared library");
  }
  const std::string path = std::filesystem::absolute(file);
  // For ld.so(8), these characters end a file name.
  if (path.find_first_of(" :") != std::string::npos) {
    return Refuse(path, "to preload: the path must have no spaces and colons");
  }
  allocator->malloc_library = path;
  return Set(absl::StrCat(kPreloadVariable, path), allocator);
}

absl::Status Apply(const std::string& setting, Allocator* allocator) {
  constexpr absl::string_view kPreload = "preload=";
  if (absl::StartsWith(setting, kPreload)) {
    return Preload(setting.substr(kPreload.size()), allocator);
  }
  if (absl::StartsWith(setting, kPreloadVariable)) {
    return Refuse(setting, "must be given as preload=FILE");
  }
  return Set(setting, allocator);
}

}  // namespace

absl::StatusOr<std::vector<Allocator>> FindAllocators(
    absl::string_view list, absl::string_view prefix) {
  std::vector<Allocator> allocators;
  for (const absl::string_view row : absl::StrSplit(list, ';')) {
    const std::vector<std::string> fields = absl::StrSplit(row, '|');
    Allocator allocator = {
        .name = fields.at(0),
        .malloc_library = fields.at(1),
        .environment = absl::StrSplit(fields.at(2), ' ', absl::SkipEmpty()),
        .in_default = fields.at(3) == "True"};
    COWBENCH_ASSIGN_OR_RETURN(
        allocator.subject, FindRunfile(absl::StrCat(prefix, allocator.name)));
    allocators.push_back(std::move(allocator));
  }
  return allocators;
}

absl::StatusOr<Allocator> MakeVariant(absl::string_view text,
                                      const std::vector<Allocator>& known) {
  if (!IsPrintable(text)) {  // it goes into the results' context
    return Refuse(Printable(text), "must be UTF-8 without control characters");
  }
  const size_t equals = text.find('=');
  const absl::string_view name = text.substr(0, equals);
  const auto find = [&known](absl::string_view wanted) {
    return std::find_if(
        known.begin(), known.end(),
        [&](const Allocator& allocator) { return allocator.name == wanted; });
  };
  if (equals == text.npos || !IsAllocatorName(name)) {
    return Refuse(
        text,
        "is not NAME=BASE[,preload=FILE][,ENV=VALUE...] with a name "
        "of a-z, 0-9 and _.+-, a letter or digit first, _settings not last");
  }
  if (find(name) != known.end()) {
    return Refuse(name, "is the name of another allocator");
  }
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text.substr(equals + 1), absl::MaxSplits(',', 1));
  const auto base = find(parts.first);
  if (base == known.end()) {
    std::vector<std::string> names;
    names.reserve(known.size());
    for (const Allocator& allocator : known) {
      names.push_back(allocator.name);
    }
    return OneOf(names)(parts.first).status();
  }
  Allocator variant = *base;
  variant.name = std::string(name);
  variant.base = base->name;
  variant.in_default = true;
  if (parts.first.size() + equals + 1 < text.size()) {
    for (const std::string& setting : SplitSettings(parts.second)) {
      COWBENCH_RETURN_IF_ERROR(Apply(setting, &variant));
    }
  }
  return variant;
}

}  // namespace cowbench
