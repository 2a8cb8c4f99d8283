// The worked example of CONTRIBUTING.md, which shows this class word for word;
// workload_test compiles it and holds it to what is said there.
#ifndef COWBENCH_LIB_WORKLOAD_EXAMPLE_LAYOUT_H_
#define COWBENCH_LIB_WORKLOAD_EXAMPLE_LAYOUT_H_

#include <cstdint>
#include <string_view>
#include <vector>

namespace cowbench::workload {

// A vector of records of 64 bytes: a table of rows.
//
// 64 bytes an element. Writing one dirties the page that its first 8 bytes
// lie on.
class Records {
 public:
  static constexpr std::string_view kName = "records";
  static constexpr std::string_view kMeaning = "a vector of rows of 64 bytes";
  static constexpr bool kOneObject = false;

  static uint64_t ElementCount(uint64_t size) { return size / sizeof(Record); }

  explicit Records(uint64_t elements) : records_(elements, Record{.key = 1}) {}

  int64_t& value(uint64_t i) { return records_[i].key; }
  template <typename Visitor>
  void ForEachPart(uint64_t i, Visitor visit) {
    visit(&records_[i], sizeof(Record));
  }

 private:
  struct Record {
    int64_t key;
    char columns[56] = {};
  };

  std::vector<Record> records_;
};

}  // namespace cowbench::workload

#endif  // COWBENCH_LIB_WORKLOAD_EXAMPLE_LAYOUT_H_
