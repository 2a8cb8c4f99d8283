// Starts a subject and sends requests to it. For the driver.
#ifndef COWBENCH_LIB_SUBJECT_SUBJECT_PROCESS_H_
#define COWBENCH_LIB_SUBJECT_SUBJECT_PROCESS_H_

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "lib/subject/protocol.h"

namespace cowbench {

struct SubjectOptions {
  std::string executable;
  // The file that must define malloc: an absolute path, or the beginning of a
  // file name.
  std::string malloc_library;
  std::vector<std::string> environment = {};  // "NAME=value"
  DataSetOptions data_set = {};
  // For patterns that end by executing it; empty for none.
  std::string tiny_program = "";
  // For each answer. A subject that does not answer in time is killed.
  absl::Duration deadline = absl::Seconds(60);
  // Waiting ends with kCancelled when this descriptor becomes readable; -1 for
  // none.
  int cancel_fd = -1;
  // Discards what the subject or the dynamic linker writes to standard error.
  bool quiet = false;
};

// A running subject. It and its children die with this object, and with the
// process that owns it, however that process ends.
//
// Errors: kAborted when the subject died (the message says how),
// kDeadlineExceeded, kCancelled, and kInternal with the subject's own message.
// After an error, the subject must not be used any more.
class SubjectProcess {
 public:
  // Starts `executable`, and checks that it uses the right malloc. So that its
  // memory looks the same every time, address space randomisation is off, the
  // environment has only `environment`, and no path lies on the stack.
  static absl::StatusOr<std::unique_ptr<SubjectProcess>> Start(
      const SubjectOptions& options);

  SubjectProcess(const SubjectProcess&) = delete;
  SubjectProcess& operator=(const SubjectProcess&) = delete;
  ~SubjectProcess();

  // What the subject reported about its allocator.
  const Hello& hello() const { return hello_; }

  // Builds the data set. Call this once.
  absl::StatusOr<BuildReply> Build(absl::string_view layout, uint64_t elements);

  // Forks once and measures. Fills in the request's deadline.
  absl::StatusOr<RunReply> Run(RunRequest request);

 private:
  SubjectProcess(const SubjectOptions& options, pid_t pid, int socket)
      : options_(options), group_(pid), socket_(socket) {}

  template <typename Reply>
  absl::Status Receive(absl::Duration deadline, Reply* reply);
  // Reaps the subject. The error says how it ended.
  absl::Status Died();

  SubjectOptions options_;
  pid_t group_;  // the process group of the subject, and its own id
  int socket_;
  Hello hello_ = {};
};

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUBJECT_SUBJECT_PROCESS_H_
