// The driver's handle on a subject.
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
  // The file that must define malloc: its whole path, or the beginning of its
  // name in any folder.
  std::string malloc_library;
  std::vector<std::string> environment = {};  // "NAME=value"
  HugePages huge_pages = HugePages::kSystem;
  BeforeFork before_fork = BeforeFork::kNothing;
  // For each answer; a subject that does not answer in time is killed.
  absl::Duration deadline = absl::Seconds(60);
  // Waiting ends with kCancelled when this descriptor becomes readable; -1 to
  // go without.
  int cancel_fd = -1;
  // Drops what the subject or the dynamic linker writes to standard error.
  bool quiet = false;
};

// A running subject. It and its children die with this object, and with the
// process that owns it, however that process ends.
//
// Errors: kAborted when the subject died (the message tells how),
// kDeadlineExceeded, kCancelled, and kInternal with the subject's own words.
// After an error, a subject is of no further use.
class SubjectProcess {
 public:
  // Starts `executable` with address space randomisation off, no other
  // environment and no path of its own on its stack, so that its memory looks
  // the same every time, and checks that the right malloc answers.
  static absl::StatusOr<std::unique_ptr<SubjectProcess>> Start(
      const SubjectOptions& options);

  SubjectProcess(const SubjectProcess&) = delete;
  SubjectProcess& operator=(const SubjectProcess&) = delete;
  ~SubjectProcess();

  // What the subject found out about its allocator.
  const Hello& hello() const { return hello_; }

  // Builds the data set; once.
  absl::StatusOr<BuildReply> Build(absl::string_view layout, uint64_t elements);

  // Forks once and measures. The deadline in the request is filled in here.
  absl::StatusOr<RunReply> Run(RunRequest request);

 private:
  SubjectProcess(const SubjectOptions& options, pid_t pid, int socket)
      : options_(options), group_(pid), socket_(socket) {}

  template <typename Reply>
  absl::Status Receive(absl::Duration deadline, Reply* reply);
  // Reaps the subject and says how it ended.
  absl::Status Died();

  SubjectOptions options_;
  pid_t group_;  // of processes, led by the subject
  int socket_;
  Hello hello_ = {};
};

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUBJECT_SUBJECT_PROCESS_H_
