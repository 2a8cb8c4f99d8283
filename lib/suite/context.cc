#include "lib/suite/context.h"

#include <sched.h>
#include <sys/utsname.h>

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/base/small_file.h"
#include "lib/probe/mappings.h"
#include "lib/suite/flag_values.h"
#include "lib/suite/version.h"

namespace cowbench {
namespace {

// "always [madvise] never" -> "madvise"
std::string Chosen(const std::string& choices) {
  const size_t begin = choices.find('[');
  const size_t end = choices.find(']');
  return begin == choices.npos || end == choices.npos
             ? choices
             : choices.substr(begin + 1, end - begin - 1);
}

std::string Field(const std::string& path, const char* name) {
  return std::string(FieldOf(ReadWholeFile(path), name));
}

// The first line of a file, unless it is the default.
std::string Unless(absl::string_view usual, const char* path) {
  const std::string line = Field(path, "");
  return line == usual ? "" : line;
}

// Where jemalloc reads settings, before those in the environment: the name that
// a link points to (jemalloc(3)).
std::string MallocConf() {
  std::error_code error;
  return std::filesystem::read_symlink("/etc/malloc.conf", error).string();
}

void AddHugePages(ContextItems* items) {
  const std::filesystem::path folder = "/sys/kernel/mm/transparent_hugepage";
  items->emplace_back("thp_enabled", Chosen(Field(folder / "enabled", "")));
  items->emplace_back("thp_defrag", Chosen(Field(folder / "defrag", "")));
  // Multi-size: the sizes that are not switched off.
  std::vector<std::string> sizes;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const std::string setting = Chosen(Field(entry.path() / "enabled", ""));
    if (entry.is_directory() && !setting.empty() && setting != "never") {
      sizes.push_back(
          absl::StrCat(entry.path().filename().string(), "=", setting));
    }
  }
  std::sort(sizes.begin(), sizes.end());
  std::string all;
  for (const std::string& size : sizes) {
    absl::StrAppend(&all, all.empty() ? "" : ",", size);
  }
  items->emplace_back("mthp_enabled", all.empty() ? "never" : all);
}

// How many CPUs this process may run on; jemalloc has as many arenas for each.
std::string CpusAllowed() {
  cpu_set_t cpus;
  return sched_getaffinity(0, sizeof(cpus), &cpus) == 0
             ? absl::StrCat(CPU_COUNT(&cpus))
             : "";
}

// The commit that was last built where this program lies; empty when it was
// copied out of there. Bazel writes it at each build
// (scripts/workspace_status). Linked into the program, it would be that of the
// last change of the program.
std::string GitCommit() {
  std::error_code error;
  const std::string program =
      std::filesystem::read_symlink("/proc/self/exe", error);
  const size_t output = program.rfind("/bazel-out/");
  return output == program.npos ? ""
                                : Field(program.substr(0, output) +
                                            "/bazel-out/volatile-status.txt",
                                        "BUILD_SCM_REVISION");
}

}  // namespace

ContextItems EnvironmentContext() {
  utsname system = {};
  if (uname(&system) != 0) {
    system = {};
  }
  ContextItems items = {
      {"cowbench_version", kVersion},
      {"kernel", system.release},
      {"machine", system.machine},
      {"page_size", absl::StrCat(probe::PageSize())},
      {"cpu_model", Field("/proc/cpuinfo", "model name")},
      // What allocators read when they start, beside the page size.
      {"cpus_allowed", CpusAllowed()},
      {"cpus_online", Field("/sys/devices/system/cpu/online", "")},
      {"numa_nodes", Field("/sys/devices/system/node/online", "")},
      {"overcommit_memory", Field("/proc/sys/vm/overcommit_memory", "")},
      {"legacy_va_layout", Unless("0", "/proc/sys/vm/legacy_va_layout")},
      {"malloc_conf_file", MallocConf()},
      {"ld_so_preload", Unless("", "/etc/ld.so.preload")},
      {"memory", Field("/proc/meminfo", "MemTotal")},
      {"swap", Field("/proc/meminfo", "SwapTotal")},
#ifdef __clang__
      {"compiler", absl::StrCat("clang ", __clang_version__)},
#else
      {"compiler", absl::StrCat("gcc ", __VERSION__)},
#endif
#ifdef __OPTIMIZE__
      {"build_mode", "optimized"},
#else
      {"build_mode", "not optimized"},
#endif
  };
  AddHugePages(&items);
  items.emplace_back("git_commit", GitCommit());
  items.erase(
      std::remove_if(items.begin(), items.end(),
                     [](const auto& item) { return item.second.empty(); }),
      items.end());
  return items;
}

absl::Status CheckContextKeys(const std::vector<std::string>& keys,
                              const ContextItems& ours) {
  // Google Benchmark's (json_reporter.cc), and what the subjects answer.
  static const absl::string_view kTaken[] = {"date",
                                             "host_name",
                                             "executable",
                                             "num_cpus",
                                             "mhz_per_cpu",
                                             "cpu_scaling_enabled",
                                             "aslr_enabled",
                                             "caches",
                                             "load_avg",
                                             "library_version",
                                             "library_build_type",
                                             "json_schema_version",
                                             kRandomizationKey};
  for (const std::string& key : keys) {
    const bool is_ours =
        absl::StartsWith(key, kAllocatorPrefix) ||
        std::any_of(ours.begin(), ours.end(),
                    [&key](const auto& item) { return item.first == key; });
    if (is_ours || std::find(std::begin(kTaken), std::end(kTaken), key) !=
                       std::end(kTaken)) {
      return Invalid("benchmark_context",
                     absl::StrCat("'", key,
                                  "' is a key that is in the results already; "
                                  "choose another"));
    }
  }
  return absl::OkStatus();
}

}  // namespace cowbench
