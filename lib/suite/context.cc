#include "lib/suite/context.h"

#include <sched.h>
#include <sys/utsname.h>

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/small_file.h"
#include "lib/probe/access_flag.h"
#include "lib/probe/huge_pages.h"
#include "lib/probe/mappings.h"
#include "lib/suite/flag_values.h"
#include "lib/suite/version.h"

namespace cowbench {
namespace {

std::string Field(const std::string& path, const char* name) {
  return std::string(FieldOf(ReadWholeFile(path), name));
}

// The first line of a file; empty if it is the usual one.
std::string Unless(absl::string_view usual, const char* path) {
  const std::string line = Field(path, "");
  return line == usual ? "" : line;
}

// Settings that jemalloc reads before those in the environment: the target of a
// symbolic link (jemalloc(3)).
std::string MallocConf() {
  std::error_code error;
  return std::filesystem::read_symlink("/etc/malloc.conf", error).string();
}

// Of arm64 processors, the numbers of maker and model are known.
std::string CpuModel() {
  const std::string path = "/proc/cpuinfo";
  const std::string name = Field(path, "model name");
  return name.empty() ? std::string(absl::StripAsciiWhitespace(
                            absl::StrCat(Field(path, "CPU implementer"), " ",
                                         Field(path, "CPU part"))))
                      : name;
}

void AddHugePages(ContextItems* items) {
  if (probe::HugePagesAreDisabled()) {
    items->emplace_back("thp_enabled", "never");
    items->emplace_back("mthp_enabled", "never");
    return;
  }
  const std::string folder = "/sys/kernel/mm/transparent_hugepage/";
  for (const char* name : {"enabled", "defrag"}) {
    const std::string setting = Field(folder + name, "");
    items->emplace_back(absl::StrCat("thp_", name), probe::ChosenIn(setting));
  }
  std::vector<std::string> sizes;
  probe::ForEachEnabledSize([&](size_t bytes, std::string_view setting) {
    sizes.push_back(
        absl::StrCat("hugepages-", bytes / 1024, "kB=", std::string(setting)));
  });
  std::sort(sizes.begin(), sizes.end());
  items->emplace_back("mthp_enabled",
                      sizes.empty() ? "never" : absl::StrJoin(sizes, ","));
}

// How many CPUs this process may run on. jemalloc's number of arenas follows
// from it.
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
      // Absent where the processor sets it.
      {"access_flag", probe::FirstAccessFaults() ? "set by the kernel" : ""},
      {"cpu_model", CpuModel()},
      // What allocators read at their start, besides the page size.
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
  std::erase_if(items, [](const auto& item) { return item.second.empty(); });
  return items;
}

absl::Status CheckContextKeys(const std::vector<std::string>& keys,
                              const ContextItems& ours) {
  // Google Benchmark's keys (json_reporter.cc), and one that subjects report.
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
        absl::StartsWith(key, kVariantPrefix) ||
        std::any_of(ours.begin(), ours.end(),
                    [&key](const auto& item) { return item.first == key; });
    if (is_ours || std::find(std::begin(kTaken), std::end(kTaken), key) !=
                       std::end(kTaken)) {
      return Invalid("benchmark_context",
                     absl::StrCat("'", key,
                                  "' is already a key of the results; choose "
                                  "another"));
    }
  }
  return absl::OkStatus();
}

}  // namespace cowbench
