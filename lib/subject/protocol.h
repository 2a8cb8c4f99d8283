// The protocol between driver and subject: messages of a fixed size over a
// SOCK_SEQPACKET pair. Both programs come from the same build.
//
//   subject -> driver  Hello, once
//   driver -> subject  BuildRequest, once; the subject answers by a BuildReply
//   driver -> subject  RunRequests; the subject answers each by a RunReply
#ifndef COWBENCH_LIB_SUBJECT_PROTOCOL_H_
#define COWBENCH_LIB_SUBJECT_PROTOCOL_H_

#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "absl/strings/string_view.h"
#include "lib/fork/fork_runner.h"
#include "lib/workload/build.h"
#include "lib/workload/touch.h"

namespace cowbench {

// The descriptor of the subject's end, after exec.
inline constexpr int kSubjectSocket = 3;
// The file that a child executes where a pattern has it end so.
inline constexpr int kTinyProgram = 4;

// Text of up to N - 1 bytes; a longer one is cut off.
template <size_t N>
struct Text {
  char characters[N];

  Text& operator=(absl::string_view text) {
    characters[0] = '\0';
    return *this += text;
  }
  Text& operator+=(absl::string_view text) {
    const size_t used = view().size();
    characters[used + text.copy(characters + used, N - 1 - used)] = '\0';
    return *this;
  }
  std::string_view view() const { return characters; }
};

// Empty if there is no error.
using ErrorText = Text<512>;

struct Hello {
  ErrorText error;
  Text<4096> library;  // path of the file that defines malloc
  Text<128> version;
  bool address_space_randomized;
};

// The use of transparent huge pages.
enum class HugePages {
  kSystem,  // the system's own settings decide
  kNever,   // off for the process from its start
  kAlways,  // the data set is put into huge pages, as far as they fit
};

// What the subject does between building the data set and the first fork.
enum class BeforeFork {
  kNothing,
  kRelease,  // asks the allocator to give its free memory back to the kernel
  kCompact,  // moves the elements into new memory, and frees the old
};

// As many as there may be children: more teach nothing new.
inline constexpr int kMaxParkedThreads = 64;

// What a data set is built in, and how.
struct DataSetOptions {
  workload::BuildOptions build = {};
  HugePages huge_pages = HugePages::kSystem;
  BeforeFork before_fork = BeforeFork::kNothing;
  // Of the subject, beside the one that builds and forks.
  int32_t parked_threads = 0;
};

struct BuildRequest {
  Text<64> layout;
  uint64_t elements;
  DataSetOptions options;
};

struct BuildReply {
  ErrorText error;
  uint64_t resident_bytes;  // anonymous memory that the data set added
  uint64_t huge_bytes;      // of the whole subject, in huge pages
  bool knows_data_pages;    // whether copied metadata is counted
};

struct RunRequest {
  Text<64> pattern;
  uint64_t touched;
  int32_t children;
  Writer writer;
  workload::Order order;
  workload::Spread spread;
  bool count_pages;
  bool verify;
  int64_t deadline_ns;  // for the request, from its arrival
};

struct RunReply {
  ErrorText error;
  int64_t fork_ns;
  int64_t access_ns;
  int64_t exit_ns;
  uint64_t huge_bytes;           // before the fork
  Sample samples[kMaxChildren];  // as many as there were writers
};

// False when the other end is closed.
template <typename Message>
bool SendMessage(int socket, const Message& message) {
  static_assert(std::is_trivially_copyable_v<Message>);
  return send(socket, &message, sizeof(message), MSG_NOSIGNAL) ==
         static_cast<ssize_t>(sizeof(message));
}

// Waits for a message. False when the other end is closed.
template <typename Message>
bool ReceiveMessage(int socket, Message* message) {
  static_assert(std::is_trivially_copyable_v<Message>);
  return recv(socket, message, sizeof(*message), 0) ==
         static_cast<ssize_t>(sizeof(*message));
}

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUBJECT_PROTOCOL_H_
