// An axis of the matrix is a type with static members only:
//
//   struct Children {
//     using Value = int;
//     static constexpr Value kDefault = 1;
//     // In the id, where the value is not the default: "/children:4".
//     static constexpr absl::string_view kName = "children";
//     static constexpr absl::string_view kFlag = "children";
//     static constexpr absl::string_view kHelp = "...";
//     // Whether the subject must know it before it builds the data set.
//     static constexpr bool kOfDataSet = false;
//     // Errors: kInvalidArgument, saying what is accepted.
//     static absl::StatusOr<Value> Parse(absl::string_view text);
//     static std::string Print(Value value);
//     // Optional, for whole numbers: with factor 2, "1..8" means 1,2,4,8.
//     static constexpr int kRangeFactor = 2;
//     // Optional: whether cases with this value exist. Default: all do.
//     static bool Allows(Value, const workload::LayoutEntry&, const
//     workload::PatternEntry&);
//     // Optional: whether there is one with these values of all axes.
//     template <typename Point>
//     static bool AllowsBeside(const Point&);
//   };
//
// lib/suite/axes.h has them all.
#ifndef COWBENCH_LIB_SUITE_AXIS_H_
#define COWBENCH_LIB_SUITE_AXIS_H_

#include <set>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/suite/flag_values.h"
#include "lib/workload/workload.h"

namespace cowbench {

// The base of an axis whose values have names. `Axis::kNames` lists them.
template <typename Axis, typename V>
struct AxisOfNames {
  using Value = V;
  static absl::StatusOr<Value> Parse(absl::string_view text) {
    return ParseName<Value>(Axis::kNames, text);
  }
  static std::string Print(Value value) {
    return std::string(NameOf<Value>(Axis::kNames, value));
  }
};

// The base of an axis of whole numbers, from `Axis::kLeast` to `Axis::kMost`.
template <typename Axis>
struct AxisOfNumbers {
  using Value = int;
  static absl::StatusOr<Value> Parse(absl::string_view text) {
    return ParseWholeNumber(Axis::kLeast, Axis::kMost, text);
  }
  static std::string Print(Value value) { return absl::StrCat(value); }
};

// A list of axes, in the order in which an id names them.
template <typename... Axis>
struct AxisList {
  // One value of each axis.
  class Point {
   public:
    template <typename A>
    typename A::Value& Get() {
      return std::get<Coordinate<A>>(coordinates_).value;
    }
    template <typename A>
    const typename A::Value& Get() const {
      return std::get<Coordinate<A>>(coordinates_).value;
    }

    // The part of a case id for the values that are not the default, and for
    // those of the axes in `named`.
    std::string InId(const std::set<absl::string_view>& named = {}) const {
      return (PartOfId<Axis>(named.contains(Axis::kName)) + ... + "");
    }

    // The same, but only for the axes that a data set depends on.
    std::string InDataSet() const {
      return ((Axis::kOfDataSet ? PartOfId<Axis>() : "") + ... + "");
    }

    // Whether a case with these values exists.
    bool IsFor(const workload::LayoutEntry& layout,
               const workload::PatternEntry& pattern) const {
      return (Allows<Axis>(layout, pattern) && ...);
    }

   private:
    template <typename A>
    struct Coordinate {
      typename A::Value value = A::kDefault;
    };

    template <typename A>
    std::string PartOfId(bool also_default = false) const {
      return Get<A>() == A::kDefault && !also_default
                 ? ""
                 : absl::StrCat("/", A::kName, ":", A::Print(Get<A>()));
    }
    template <typename A>
    bool Allows(const workload::LayoutEntry& layout,
                const workload::PatternEntry& pattern) const {
      bool allows = true;
      if constexpr (requires { A::Allows(Get<A>(), layout, pattern); }) {
        allows = A::Allows(Get<A>(), layout, pattern);
      }
      if constexpr (requires { A::AllowsBeside(*this); }) {
        allows = allows && A::AllowsBeside(*this);
      }
      return allows;
    }

    std::tuple<Coordinate<Axis>...> coordinates_;
  };

  // The values to run of each axis, in their order. At first, only the default.
  class Values {
   public:
    template <typename A>
    std::vector<typename A::Value>& Get() {
      return std::get<ValuesOf<A>>(values_).values;
    }

    // All points with these values. Varies either the axes that a data set
    // depends on, or the other ones; the rest is as in `start`. The last axis
    // varies fastest.
    std::vector<Point> Span(const Point& start, bool of_data_set) const {
      std::vector<Point> points = {start};
      (Extend<Axis>(of_data_set, &points), ...);
      return points;
    }

   private:
    template <typename A>
    struct ValuesOf {
      std::vector<typename A::Value> values = {A::kDefault};
    };

    template <typename A>
    void Extend(bool of_data_set, std::vector<Point>* points) const {
      if (A::kOfDataSet != of_data_set) {
        return;
      }
      std::vector<Point> extended;
      for (Point point : *points) {
        for (const auto& value : std::get<ValuesOf<A>>(values_).values) {
          point.template Get<A>() = value;
          extended.push_back(point);
        }
      }
      *points = std::move(extended);
    }

    std::tuple<ValuesOf<Axis>...> values_;
  };

  // Calls `visit` with a std::type_identity of each axis.
  template <typename Visit>
  static void ForEach(Visit visit) {
    (visit(std::type_identity<Axis>()), ...);
  }
};

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_AXIS_H_
