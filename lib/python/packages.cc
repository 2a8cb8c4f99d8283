#include "lib/python/packages.h"

#include <cstdio>

namespace cowbench::python {
namespace {

// The interpreter under test must not do it: this would change its memory.
constexpr char kCommand[] = R"(/usr/bin/python3 -I -c '
import importlib.metadata, os, zlib
found = []
for name in "numpy", "pandas":
  try:
    found.append(f"{name} {importlib.metadata.version(name)}")
  except importlib.metadata.PackageNotFoundError:
    pass
names = "/".join(sorted(os.listdir(os.path.dirname(os.__file__))))
found.append(f"library {zlib.crc32(names.encode()):08x}")
print(", ".join(found), end="")
' 2>/dev/null)";

}  // namespace

std::string Packages() {
  FILE* const output = popen(kCommand, "re");
  if (output == nullptr) {
    return "";
  }
  char text[200];
  const size_t length = fread(text, 1, sizeof(text), output);
  return pclose(output) == 0 ? std::string(text, length) : "";
}

}  // namespace cowbench::python
