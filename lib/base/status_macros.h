// Macros that return errors to the caller.
#ifndef COWBENCH_LIB_BASE_STATUS_MACROS_H_
#define COWBENCH_LIB_BASE_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Returns from the function if `expression`, an absl::Status, is an error.
#define COWBENCH_RETURN_IF_ERROR(expression)                                  \
  do {                                                                        \
    if (absl::Status cowbench_status = (expression); !cowbench_status.ok()) { \
      return cowbench_status;                                                 \
    }                                                                         \
  } while (false)

// Assigns the value of `expression`, an absl::StatusOr, to `left`, which may
// declare a variable; returns from the function if it is an error.
#define COWBENCH_ASSIGN_OR_RETURN(left, expression) \
  COWBENCH_ASSIGN_OR_RETURN_AS(                     \
      COWBENCH_CONCATENATED(cowbench_value_, __LINE__), left, expression)
#define COWBENCH_ASSIGN_OR_RETURN_AS(value, left, expression) \
  auto value = (expression);                                  \
  if (!value.ok()) {                                          \
    return std::move(value).status();                         \
  }                                                           \
  left = *std::move(value)
#define COWBENCH_CONCATENATED(a, b) COWBENCH_CONCATENATED_AS(a, b)
#define COWBENCH_CONCATENATED_AS(a, b) a##b

#endif  // COWBENCH_LIB_BASE_STATUS_MACROS_H_
