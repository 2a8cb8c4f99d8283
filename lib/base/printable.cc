#include "lib/base/printable.h"

#include <cstddef>
#include <cstdint>

#include "absl/strings/str_cat.h"

namespace cowbench {
namespace {

// Bytes of the printable character that `text` begins with; 0 if there is none.
size_t PrintableLength(absl::string_view text) {
  const auto byte = [text](size_t i) {
    return static_cast<uint32_t>(static_cast<unsigned char>(text[i]));
  };
  const uint32_t first = byte(0);
  if (first < 0x80) {
    return first >= 0x20 && first != 0x7f ? 1 : 0;
  }
  const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc0 || first > 0xf4 || text.size() < length) {
    return 0;
  }
  uint32_t character = first & (0xffu >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) {
      return 0;
    }
    character = character << 6 | (byte(i) & 0x3f);
  }
  // A smaller number fits into fewer bytes, or is a control character.
  constexpr uint32_t kLeast[] = {0xa0, 0x800, 0x10000};
  const bool is_surrogate = character >= 0xd800 && character <= 0xdfff;
  return character >= kLeast[length - 2] && character <= 0x10ffff &&
                 !is_surrogate
             ? length
             : 0;
}

}  // namespace

bool IsPrintable(absl::string_view text) { return Printable(text) == text; }

std::string Printable(absl::string_view text) {
  std::string printable;
  while (!text.empty()) {
    size_t length = PrintableLength(text);
    if (length > 0) {
      absl::StrAppend(&printable, text.substr(0, length));
    } else {
      length = 1;
      absl::StrAppend(
          &printable, "\\x",
          absl::Hex(static_cast<unsigned char>(text[0]), absl::kZeroPad2));
    }
    text.remove_prefix(length);
  }
  return printable;
}

}  // namespace cowbench
