#include "lib/trace/symbols.h"

#include <cxxabi.h>
#include <elfutils/libdwfl.h>
#include <gelf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "lib/base/printable.h"

namespace cowbench::trace {
namespace {

std::string Demangled(const char* name) {
  int status = 0;
  char* const text = abi::__cxa_demangle(name, nullptr, nullptr, &status);
  if (text == nullptr) {
    return name;
  }
  std::string demangled = text;
  free(text);
  return demangled;
}

// Whether a symbol only tells code from data, as assemblers for arm64 need it:
// $x, $d, and with a suffix, $x.1 (ELF for the Arm 64-bit Architecture, 5.5.4).
bool IsMappingSymbol(std::string_view name) {
  return (name.starts_with("$x") || name.starts_with("$d")) &&
         (name.size() == 2 || name[2] == '.');
}

std::string BaseName(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

// Gets the virtual address that the linker gave to a file offset.
bool AddressOf(Elf* elf, uint64_t offset, GElf_Addr* address) {
  size_t count = 0;
  if (elf_getphdrnum(elf, &count) != 0) {
    return false;
  }
  for (size_t i = 0; i < count; ++i) {
    GElf_Phdr header;
    if (gelf_getphdr(elf, static_cast<int>(i), &header) != nullptr &&
        header.p_type == PT_LOAD && offset >= header.p_offset &&
        offset < header.p_offset + header.p_filesz) {
      *address = offset - header.p_offset + header.p_vaddr;
      return true;
    }
  }
  return false;
}

}  // namespace

struct Symbols::Modules {
  Modules() {
    static char* debuginfo_path = nullptr;
    static const Dwfl_Callbacks callbacks = {
        .find_elf = dwfl_build_id_find_elf,
        .find_debuginfo = dwfl_standard_find_debuginfo,
        .section_address = dwfl_offline_section_address,
        .debuginfo_path = &debuginfo_path,
    };
    dwfl = dwfl_begin(&callbacks);
  }
  ~Modules() { dwfl_end(dwfl); }

  std::string NameOf(const Place& place) {
    const auto [at, is_new] = modules.try_emplace(place.file, nullptr);
    if (is_new) {
      dwfl_report_begin_add(dwfl);
      at->second =
          dwfl_report_offline(dwfl, place.file.c_str(), place.file.c_str(), -1);
      dwfl_report_end(dwfl, nullptr, nullptr);
    }
    GElf_Addr bias = 0;
    GElf_Addr address = 0;
    Elf* const elf =
        at->second == nullptr ? nullptr : dwfl_module_getelf(at->second, &bias);
    if (elf == nullptr || !AddressOf(elf, place.offset, &address)) {
      return "";
    }
    const char* const name = dwfl_module_addrname(at->second, address + bias);
    return name == nullptr || IsMappingSymbol(name)
               ? Nameless(at->second, place, address)
               : Demangled(name);
  }

  // The unwind tables tell where a function begins even if the file has no
  // symbols.
  static std::string Nameless(Dwfl_Module* module, const Place& place,
                              GElf_Addr address) {
    GElf_Addr elf_bias = 0;
    dwfl_module_getelf(module, &elf_bias);
    Dwarf_Addr bias = 0;
    Dwarf_CFI* const table = dwfl_module_eh_cfi(module, &bias);
    Dwarf_Frame* frame = nullptr;
    if (table == nullptr ||
        dwarf_cfi_addrframe(table, address + elf_bias - bias, &frame) != 0) {
      return "";
    }
    Dwarf_Addr begin = 0;
    Dwarf_Addr end = 0;
    dwarf_frame_info(frame, &begin, &end, nullptr);
    free(frame);
    return absl::StrFormat("[%s+0x%x]", BaseName(place.file),
                           begin + bias - elf_bias);
  }

  Dwfl* dwfl;
  std::map<std::string, Dwfl_Module*> modules;
};

struct Symbols::MadeCode {
  struct Function {
    uint64_t end;
    std::string name;
  };

  // Anyone can create files in /tmp: a FIFO that blocks the reader, or a map
  // with false names. In a sticky directory, only its owner can replace a file.
  static bool IsTrusted(const std::string& path, uid_t user) {
    struct stat status;
    return lstat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
           (status.st_uid == user || status.st_uid == geteuid() ||
            status.st_uid == 0);
  }

  const std::map<uint64_t, Function>& Of(const Place& place) {
    const auto [at, is_new] = functions.try_emplace(place.process);
    const std::string path = absl::StrCat("/tmp/perf-", place.process, ".map");
    if (is_new && IsTrusted(path, place.user)) {
      std::ifstream file(path);
      uint64_t begin = 0;
      uint64_t size = 0;
      Function function;
      while (file >> std::hex >> begin >> size &&
             std::getline(file >> std::ws, function.name)) {
        function.end = begin + size;
        at->second[begin] = function;
      }
    }
    return at->second;
  }

  std::string NameOf(const Place& place) {
    const std::map<uint64_t, Function>& all = Of(place);
    const auto after = all.upper_bound(place.offset);
    return after == all.begin() || std::prev(after)->second.end <= place.offset
               ? ""
               : std::prev(after)->second.name;
  }

  std::map<pid_t, std::map<uint64_t, Function>> functions;
};

Symbols::Symbols(const Places& places)
    : places_(places),
      modules_(std::make_unique<Modules>()),
      made_code_(std::make_unique<MadeCode>()),
      names_(places.size()) {}

Symbols::~Symbols() = default;

const std::string& Symbols::NameOf(uint64_t number) {
  std::string& name = names_[number];
  if (name.empty()) {
    const Place& place = places_.place(number);
    name = Printable(place.file.empty() ? made_code_->NameOf(place)
                                        : modules_->NameOf(place));
    if (name.empty()) {
      name = place.file.empty() ? kUnknownName
             : place.file[0] == '['
                 ? place.file  // such as [heap]
                 : absl::StrCat("[", BaseName(place.file), "]");
    }
  }
  return name;
}

}  // namespace cowbench::trace
