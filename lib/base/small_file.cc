#include "lib/base/small_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <iterator>
#include <system_error>

namespace cowbench {
namespace {

constexpr std::string_view kBlanks = " \t";

}  // namespace

std::optional<std::string_view> ReadSmallFile(const char* path,
                                              std::span<char> buffer) {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return std::nullopt;
  }
  size_t filled = 0;
  ssize_t got = 1;
  // One read may return only a part of a file in /proc.
  while (filled < buffer.size() &&
         ((got = read(file, &buffer[filled], buffer.size() - filled)) > 0 ||
          (got < 0 && errno == EINTR))) {
    filled += got > 0 ? static_cast<size_t>(got) : 0;
  }
  const int error = errno;
  close(file);
  errno = error;
  if (got < 0) {
    return std::nullopt;
  }
  return std::string_view(buffer.data(), filled);
}

std::string ReadWholeFile(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string_view FieldOf(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (!line.starts_with(name)) {
      continue;
    }
    line.remove_prefix(name.size());
    const size_t begin = line.find_first_not_of(kBlanks);
    // `name` is only the beginning of a longer name.
    if (!name.empty() && begin == 0 && line.front() != ':') {
      continue;
    }
    line.remove_prefix(std::min(begin, line.size()));
    if (!name.empty() && line.starts_with(':')) {
      line.remove_prefix(1);
      line.remove_prefix(
          std::min(line.find_first_not_of(kBlanks), line.size()));
    }
    return line.substr(0, line.find_last_not_of(kBlanks) + 1);
  }
  return {};
}

std::optional<uint64_t> NumberOf(std::string_view text, std::string_view name) {
  const std::string_view field = FieldOf(text, name);
  uint64_t number = 0;
  const auto [end, error] =
      std::from_chars(field.data(), field.data() + field.size(), number);
  return error == std::errc() ? std::optional(number) : std::nullopt;
}

}  // namespace cowbench
