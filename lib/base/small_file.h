// Small files of text, such as those of /proc and /sys (proc(5), sysfs(5)).
//
// Nothing here allocates but ReadWholeFile(), so that a process whose heap is
// being measured can use the rest.
#ifndef COWBENCH_LIB_BASE_SMALL_FILE_H_
#define COWBENCH_LIB_BASE_SMALL_FILE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cowbench {

// Reads a file into `buffer` and returns the part that was filled: the
// beginning of the file if it is longer. None if it cannot be read; errno says
// why.
std::optional<std::string_view> ReadSmallFile(const char* path,
                                              std::span<char> buffer);

// All of a file; an empty text if it cannot be read.
std::string ReadWholeFile(const std::string& path);

// What follows `name` in the first line that begins with it, without blanks
// at both ends: "2" for a in "a 2", "a: 2" and "a\t: 2". With an empty name,
// the first line. Empty if there is none.
std::string_view FieldOf(std::string_view text, std::string_view name);

// The number that a field begins with. None if there is no such field, or it
// begins with something else, such as "max".
std::optional<uint64_t> NumberOf(std::string_view text, std::string_view name);

}  // namespace cowbench

#endif  // COWBENCH_LIB_BASE_SMALL_FILE_H_
