// Makes text from outside safe for terminals and JSON.
#ifndef COWBENCH_LIB_BASE_PRINTABLE_H_
#define COWBENCH_LIB_BASE_PRINTABLE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace cowbench {

// Whether the text is UTF-8 without control characters (U+0000 to U+001F,
// U+007F to U+009F).
bool IsPrintable(absl::string_view text);

// The text, with each byte that is not printable written as \x and two
// hexadecimal digits.
std::string Printable(absl::string_view text);

}  // namespace cowbench

#endif  // COWBENCH_LIB_BASE_PRINTABLE_H_
