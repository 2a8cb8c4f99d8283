// Reads small text files, such as those of /proc and /sys (proc(5), sysfs(5)).
//
// Only ReadWholeFile() allocates. A process whose heap is being measured can
// use everything else.
#ifndef COWBENCH_LIB_BASE_SMALL_FILE_H_
#define COWBENCH_LIB_BASE_SMALL_FILE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cowbench {

// Reads a file into `buffer` and returns the part that was filled. A longer
// file is cut off. None if the file cannot be read; errno says why.
std::optional<std::string_view> ReadSmallFile(const char* path,
                                              std::span<char> buffer);

// Returns an empty text if the file cannot be read.
std::string ReadWholeFile(const std::string& path);

// The value of a field: what follows `name` in the first line that begins with
// it, without the blanks around it. The value of "a" is "2" in "a 2", "a: 2"
// and "a\t: 2". An empty name stands for the whole first line. Empty if there
// is no such field.
std::string_view FieldOf(std::string_view text, std::string_view name);

// The number that the value of a field begins with. None if there is no such
// field, or its value begins with something else, such as "max".
std::optional<uint64_t> NumberOf(std::string_view text, std::string_view name);

}  // namespace cowbench

#endif  // COWBENCH_LIB_BASE_SMALL_FILE_H_
