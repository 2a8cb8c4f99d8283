// Writes JSON into a string, because Google Benchmark's context has only
// strings.
#ifndef COWBENCH_LIB_SUITE_JSON_TEXT_H_
#define COWBENCH_LIB_SUITE_JSON_TEXT_H_

#include <initializer_list>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"

namespace cowbench {

// A list of objects. All values are strings without control characters.
class JsonList {
 public:
  using Field = std::pair<absl::string_view, absl::string_view>;

  void Add(std::initializer_list<Field> fields) {
    absl::StrAppend(&objects_, objects_.empty() ? "{" : ",{");
    absl::string_view separator = "";
    for (const auto& [key, value] : fields) {
      absl::StrAppend(&objects_, separator, Quoted(key), ":", Quoted(value));
      separator = ",";
    }
    absl::StrAppend(&objects_, "}");
  }

  std::string text() const { return absl::StrCat("[", objects_, "]"); }

 private:
  static std::string Quoted(absl::string_view text) {
    return absl::StrCat(
        "\"", absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"\"", "\\\""}}),
        "\"");
  }

  std::string objects_;
};

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_JSON_TEXT_H_
