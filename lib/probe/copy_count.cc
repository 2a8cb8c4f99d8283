#include "lib/probe/copy_count.h"

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/taskstats.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "lib/base/small_file.h"
#include "lib/base/status_macros.h"

namespace cowbench::probe {
namespace {

// One request with one attribute over generic netlink, and its reply. All on
// the stack: a netlink library would allocate from the heap that is being
// measured.
class Netlink {
 public:
  Netlink()
      : socket_(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC)) {}
  Netlink(const Netlink&) = delete;
  Netlink& operator=(const Netlink&) = delete;
  ~Netlink() { close(socket_); }

  absl::Status Ask(uint16_t family, uint8_t command, uint16_t attribute,
                   const void* value, uint16_t bytes) {
    Message request = {};
    request.header.nlmsg_len = static_cast<uint32_t>(
        NLMSG_LENGTH(GENL_HDRLEN) + NLA_HDRLEN + NLA_ALIGN(bytes));
    request.header.nlmsg_type = family;
    request.header.nlmsg_flags = NLM_F_REQUEST;
    request.generic.cmd = command;
    request.generic.version = 1;
    const nlattr header = {static_cast<uint16_t>(NLA_HDRLEN + bytes),
                           attribute};
    memcpy(request.attributes, &header, sizeof(header));
    memcpy(request.attributes + NLA_HDRLEN, value, bytes);
    if (send(socket_, &request, request.header.nlmsg_len, 0) < 0) {
      return absl::ErrnoToStatus(errno, "netlink send");
    }
    if (recv(socket_, &reply_, sizeof(reply_), 0) < 0) {
      return absl::ErrnoToStatus(errno, "netlink recv");
    }
    if (reply_.header.nlmsg_type == NLMSG_ERROR) {
      nlmsgerr error;
      memcpy(&error, &reply_.generic, sizeof(error));
      return absl::ErrnoToStatus(-error.error, "netlink");
    }
    return absl::OkStatus();
  }

  // Copies attribute `wanted` of the reply to `value`. Attributes within the
  // attribute `nest` are searched, too; 0 if there is none. False when the
  // attribute is missing or shorter than `bytes`.
  bool Find(uint16_t nest, uint16_t wanted, void* value, size_t bytes) const {
    const char* at = reply_.attributes;
    const char* end = reinterpret_cast<const char*>(&reply_) +
                      std::min<size_t>(reply_.header.nlmsg_len, sizeof(reply_));
    nlattr attribute;
    while (at + NLA_HDRLEN <= end) {
      memcpy(&attribute, at, sizeof(attribute));
      if (attribute.nla_len < NLA_HDRLEN) {
        return false;
      }
      if (attribute.nla_type == nest) {
        at += NLA_HDRLEN;
        continue;
      }
      if (attribute.nla_type == wanted) {
        if (attribute.nla_len < NLA_HDRLEN + bytes) {
          return false;
        }
        memcpy(value, at + NLA_HDRLEN, bytes);
        return true;
      }
      at += NLA_ALIGN(attribute.nla_len);
    }
    return false;
  }

 private:
  struct Message {
    nlmsghdr header;
    genlmsghdr generic;
    char attributes[2048];
  };

  int socket_;
  Message reply_ = {};
};

absl::StatusOr<uint64_t> CopyCount(uint16_t request, uint16_t aggregate,
                                   pid_t id) {
  Netlink netlink;
  COWBENCH_RETURN_IF_ERROR(
      netlink.Ask(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_NAME,
                  TASKSTATS_GENL_NAME, sizeof(TASKSTATS_GENL_NAME)));
  uint16_t family = 0;
  if (!netlink.Find(0, CTRL_ATTR_FAMILY_ID, &family, sizeof(family))) {
    return absl::UnavailableError("the kernel has no taskstats");
  }
  const auto number = static_cast<uint32_t>(id);
  COWBENCH_RETURN_IF_ERROR(
      netlink.Ask(family, TASKSTATS_CMD_GET, request, &number, sizeof(number)));
  // The running kernel's struct may be longer or shorter than this one.
  constexpr size_t kEnd =
      offsetof(taskstats, wpcopy_count) + sizeof(taskstats::wpcopy_count);
  taskstats stats;
  if (!netlink.Find(aggregate, TASKSTATS_TYPE_STATS, &stats, kEnd)) {
    return absl::UnavailableError(
        "the kernel's taskstats are older than version 13 (Linux 6.0)");
  }
  return stats.wpcopy_count;
}

}  // namespace

absl::Status CopiesAreCounted() {
  constexpr char kSysctl[] = "/proc/sys/kernel/task_delayacct";
  char room[16];
  const std::optional<std::string_view> sysctl = ReadSmallFile(kSysctl, room);
  if (!sysctl.has_value()) {
    return absl::ErrnoToStatus(errno, kSysctl);
  }
  if (NumberOf(*sysctl, "") != 1) {
    return absl::FailedPreconditionError(
        "the kernel does not count copies: sysctl -w kernel.task_delayacct=1 "
        "switches it on");
  }
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> CopyCountOfThread(pid_t thread) {
  return CopyCount(TASKSTATS_CMD_ATTR_PID, TASKSTATS_TYPE_AGGR_PID, thread);
}

absl::StatusOr<uint64_t> CopyCountOfProcess(pid_t process) {
  return CopyCount(TASKSTATS_CMD_ATTR_TGID, TASKSTATS_TYPE_AGGR_TGID, process);
}

}  // namespace cowbench::probe
