#include "lib/probe/oracle.h"

#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/taskstats.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/small_file.h"
#include "lib/probe/mappings.h"

namespace cowbench::probe {
namespace {

constexpr uint64_t kFrameMask = (uint64_t{1} << 55) - 1;

absl::Status Errno(absl::string_view what) {
  return absl::ErrnoToStatus(errno, what);
}

// A generic netlink conversation: one request with one attribute, one reply.
// By hand and on the stack, because a netlink library would allocate from the
// very heap that is being watched.
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
      return Errno("netlink send");
    }
    if (recv(socket_, &reply_, sizeof(reply_), 0) < 0) {
      return Errno("netlink recv");
    }
    if (reply_.header.nlmsg_type == NLMSG_ERROR) {
      nlmsgerr error;
      memcpy(&error, &reply_.generic, sizeof(error));
      errno = -error.error;
      return Errno("netlink");
    }
    return absl::OkStatus();
  }

  // Copies attribute `wanted` of the reply, looking into `nest` if not 0.
  // False when it is missing or shorter than `bytes`.
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

// The frame's entry in /proc/kpageflags; 0 for one that has none.
uint64_t FlagsOf(int page_flags, uint64_t frame) {
  uint64_t flags = 0;
  return pread(page_flags, &flags, sizeof(flags),
               static_cast<off_t>(frame * sizeof(flags))) == sizeof(flags)
             ? flags
             : 0;
}

// Adds a page that was absent and is present now.
void AddNewPage(uint64_t entry, uint64_t flags, FrameChanges* changes) {
  // Documentation/admin-guide/mm/pagemap.rst. A tail page belongs to a folio
  // of several pages, and is not the first one.
  constexpr uint64_t kCompoundTail = uint64_t{1} << 16;
  constexpr uint64_t kZeroPage = uint64_t{1} << 24;
  if ((entry & kFileBit) != 0) {
    ++changes->file_pages;
  } else if ((flags & kCompoundTail) == 0) {
    ++((flags & kZeroPage) != 0 ? changes->zero_pages : changes->fresh_folios);
  }
}

}  // namespace

absl::Status OraclesAvailable() {
  constexpr char kSysctl[] = "/proc/sys/kernel/task_delayacct";
  char room[16];
  const std::optional<std::string_view> sysctl = ReadSmallFile(kSysctl, room);
  if (!sysctl.has_value()) {
    return Errno(kSysctl);
  }
  if (NumberOf(*sysctl, "") != 1) {
    return absl::FailedPreconditionError(
        "the kernel does not count copies: sysctl -w kernel.task_delayacct=1 "
        "switches it on");
  }
  absl::StatusOr<uint64_t> copies = KernelCopyCount();
  if (!copies.ok()) {
    return copies.status();
  }
  const absl::StatusOr<FrameSnapshot> frames = FrameSnapshot::Take();
  return frames.ok() ? frames->Compare().status() : frames.status();
}

absl::StatusOr<uint64_t> KernelCopyCount() {
  Netlink netlink;
  absl::Status status =
      netlink.Ask(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_NAME,
                  TASKSTATS_GENL_NAME, sizeof(TASKSTATS_GENL_NAME));
  if (!status.ok()) {
    return status;
  }
  uint16_t family = 0;
  if (!netlink.Find(0, CTRL_ATTR_FAMILY_ID, &family, sizeof(family))) {
    return absl::UnavailableError("the kernel has no taskstats");
  }
  const auto pid = static_cast<uint32_t>(getpid());
  status = netlink.Ask(family, TASKSTATS_CMD_GET, TASKSTATS_CMD_ATTR_PID, &pid,
                       sizeof(pid));
  if (!status.ok()) {
    return status;
  }
  // The kernel's struct may be longer or shorter than that of the build.
  constexpr size_t kEnd =
      offsetof(taskstats, wpcopy_count) + sizeof(taskstats::wpcopy_count);
  taskstats stats;
  if (!netlink.Find(TASKSTATS_TYPE_AGGR_PID, TASKSTATS_TYPE_STATS, &stats,
                    kEnd)) {
    return absl::UnavailableError(
        "the kernel's taskstats are older than version 13 (Linux 6.0)");
  }
  return stats.wpcopy_count;
}

absl::StatusOr<FrameSnapshot> FrameSnapshot::Take() {
  absl::StatusOr<SharedMemory> memory =
      SharedMemory::Map(kMaxPages * sizeof(Page));
  if (!memory.ok()) {
    return memory.status();
  }
  FrameSnapshot snapshot(*std::move(memory));
  Page* const pages = snapshot.memory_.as<Page>();
  bool full = false;
  bool hidden = false;
  absl::Status status = ForEachPrivateStretch(
      [&](uintptr_t address, absl::Span<const uint64_t> entries) {
        for (const uint64_t entry : entries) {
          if (snapshot.page_count_ == kMaxPages) {
            full = true;
          } else if ((entry & kPresentBit) != 0) {
            hidden = hidden || (entry & kFrameMask) == 0;
            pages[snapshot.page_count_++] = {address, entry & kFrameMask};
          }
          address += PageSize();
        }
      });
  if (!status.ok()) {
    return status;
  }
  if (full) {
    return absl::ResourceExhaustedError(
        absl::StrCat("more than ", kMaxPages, " pages"));
  }
  if (hidden) {
    return absl::PermissionDeniedError(
        "frame numbers in /proc/self/pagemap need CAP_SYS_ADMIN");
  }
  return snapshot;
}

absl::StatusOr<FrameChanges> FrameSnapshot::Compare() const {
  const int page_flags = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
  if (page_flags < 0) {
    return Errno("/proc/kpageflags");
  }
  absl::Cleanup close_flags = [page_flags] { close(page_flags); };
  FrameChanges changes;
  const Page* page = pages().data();
  const Page* const end = page + pages().size();
  absl::Status status = ForEachPrivateStretch(
      [&](uintptr_t address, absl::Span<const uint64_t> entries) {
        for (const uint64_t entry : entries) {
          while (page != end && page->address < address) {
            ++page;
          }
          const bool was_present = page != end && page->address == address;
          const uint64_t frame = entry & kFrameMask;
          if (was_present) {
            changes.moved_pages +=
                (entry & (kPresentBit | kFileBit)) == kPresentBit &&
                page->frame != frame;
          } else if ((entry & kPresentBit) != 0) {
            AddNewPage(entry, FlagsOf(page_flags, frame), &changes);
          }
          address += PageSize();
        }
      });
  if (!status.ok()) {
    return status;
  }
  return changes;
}

}  // namespace cowbench::probe
