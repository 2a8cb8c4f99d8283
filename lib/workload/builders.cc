#include "lib/workload/builders.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>

#include <cerrno>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>

namespace cowbench::workload {
namespace {

// None of this lies in the heap.
struct Work {
  int builders;
  uint64_t left;  // elements to be made
  absl::FunctionRef<void(uint64_t)> make;
  sem_t turns[kMaxBuilders];
  sem_t done;
  std::exception_ptr error = nullptr;
};

struct Builder {
  Work* work;
  int number;
  uint64_t elements;
  pthread_t thread;
};

void AwaitTurn(sem_t* turn) {
  while (sem_wait(turn) != 0 && errno == EINTR) {
  }
}

// Makes every `builders`th element, then waits for one more turn before it
// ends, so that the threads also end in order.
void* Build(void* argument) {
  const auto& self = *static_cast<Builder*>(argument);
  Work& work = *self.work;
  auto i = static_cast<uint64_t>(self.number);
  while (i < self.elements) {
    AwaitTurn(&work.turns[self.number]);
    if (work.error != nullptr) {
      return nullptr;
    }
    try {
      for (uint64_t made = 0; made < kElementsOfTurn && i < self.elements;
           ++made, i += static_cast<uint64_t>(work.builders)) {
        work.make(i);
        --work.left;
      }
    } catch (...) {
      work.error = std::current_exception();
    }
    sem_post(work.left == 0 || work.error != nullptr
                 ? &work.done
                 : &work.turns[(self.number + 1) % work.builders]);
  }
  AwaitTurn(&work.turns[self.number]);
  return nullptr;
}

std::runtime_error NoThread(int error) {
  return std::runtime_error(std::string("cannot start a thread: ") +
                            strerror(error));
}

// Runs on the CPU of the caller, which halves the time to hand over a turn.
int StartOnThisCpu(Builder* builder) {
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  CPU_SET(sched_getcpu(), &cpus);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setaffinity_np(&attributes, sizeof(cpus), &cpus);
  const int error =
      pthread_create(&builder->thread, &attributes, Build, builder);
  pthread_attr_destroy(&attributes);
  return error;
}

}  // namespace

void DealToBuilders(int builders, uint64_t elements,
                    absl::FunctionRef<void(uint64_t)> make) {
  if (builders == 1 || elements == 0) {
    for (uint64_t i = 0; i < elements; ++i) {
      make(i);
    }
    return;
  }
  Work work = {.builders = builders,
               .left = elements,
               .make = make,
               .turns = {},
               .done = {}};
  sem_init(&work.done, 0, 0);
  Builder threads[kMaxBuilders];
  int started = 0;
  for (; started < builders; ++started) {
    sem_init(&work.turns[started], 0, 0);
    threads[started] = {
        .work = &work, .number = started, .elements = elements, .thread = {}};
    const int error = StartOnThisCpu(&threads[started]);
    if (error != 0) {
      work.error = std::make_exception_ptr(NoThread(error));
      break;
    }
  }
  if (started == builders) {
    sem_post(&work.turns[0]);
    AwaitTurn(&work.done);
  }
  for (int i = 0; i < started; ++i) {
    sem_post(&work.turns[i]);
    pthread_join(threads[i].thread, nullptr);
  }
  if (work.error != nullptr) {
    std::rethrow_exception(work.error);
  }
}

void InThreadOfItsOwn(absl::FunctionRef<void()> work) {
  struct Call {
    absl::FunctionRef<void()> work;
    std::exception_ptr error;
  };
  Call call = {work, nullptr};
  pthread_t thread;
  const int error = pthread_create(
      &thread, nullptr,
      [](void* argument) -> void* {
        auto& called = *static_cast<Call*>(argument);
        try {
          called.work();
        } catch (...) {
          called.error = std::current_exception();
        }
        return nullptr;
      },
      &call);
  if (error != 0) {
    throw NoThread(error);
  }
  pthread_join(thread, nullptr);
  if (call.error != nullptr) {
    std::rethrow_exception(call.error);
  }
}

}  // namespace cowbench::workload
