#include "lib/base/units.h"

#include <string>

#include "gtest/gtest.h"

namespace cowbench {
namespace {

TEST(SizeTest, ParsesAndFormats) {
  EXPECT_EQ(*ParseSize("64KiB"), 64u << 10);
  EXPECT_EQ(*ParseSize("1MiB"), 1u << 20);
  EXPECT_EQ(*ParseSize("8GiB"), uint64_t{8} << 30);
  EXPECT_EQ(*ParseSize("1048576GiB"), uint64_t{1} << 50);
  EXPECT_EQ(FormatSize(64u << 10), "64KiB");
  EXPECT_EQ(FormatSize(1024u << 10), "1MiB");
  EXPECT_EQ(FormatSize(1536u << 10), "1536KiB");
  EXPECT_EQ(FormatSize(uint64_t{8} << 30), "8GiB");
}

TEST(SizeTest, RefusesEverythingElse) {
  for (const char* text :
       {"", "KiB", "64", "64KB", "64kib", "64 KiB", "0KiB", "00MiB", "-1KiB",
        "+1KiB", "1.5MiB", "1TiB", "1048577GiB", "99999999999999999999KiB",
        "18446744073709551616GiB", "1KiBx", " 1KiB"}) {
    EXPECT_FALSE(ParseSize(text).ok()) << text;
  }
  for (const char* text : {"64", "64 KiB", "0KiB", "64X"}) {
    EXPECT_NE(ParseSize(text).status().message().find("KiB, MiB or GiB"),
              absl::string_view::npos);
  }
}

TEST(SizeTest, SaysWhatIsMeant) {
  for (const char* text : {"64k", "64K", "64KB", "64kib"}) {
    EXPECT_EQ(ParseSize(text).status().message(),
              "'" + std::string(text) +
                  "' must have the unit KiB, MiB or GiB: 64KiB");
  }
  EXPECT_NE(ParseSize("1G").status().message().find(": 1GiB"),
            absl::string_view::npos);
  EXPECT_NE(ParseSize("2MB").status().message().find(": 2MiB"),
            absl::string_view::npos);
}

TEST(PercentTest, ParsesAndFormats) {
  EXPECT_EQ(ParsePercent("100")->millionths, 100'000'000);
  EXPECT_EQ(ParsePercent("0.000001")->millionths, 1);
  EXPECT_EQ(ParsePercent("12.50")->millionths, 12'500'000);
  EXPECT_EQ(FormatPercent({100'000'000}), "100");
  EXPECT_EQ(FormatPercent({12'500'000}), "12.5");
  EXPECT_EQ(FormatPercent({1}), "0.000001");
  EXPECT_EQ(FormatPercent({10'000'000}), "10");
}

TEST(PercentTest, RefusesEverythingElse) {
  for (const char* text : {"", "0", "0.0", "101", "100.000001", "-1", "1e1",
                           "1.", ".5", "1.0000001", "nan", "5%", "1000"}) {
    EXPECT_FALSE(ParsePercent(text).ok()) << text;
  }
}

TEST(PercentTest, PartIsExactAndRoundsUp) {
  EXPECT_EQ(PartOf({100'000'000}, uint64_t{1} << 50), uint64_t{1} << 50);
  EXPECT_EQ(PartOf({100'000}, 1000), 1u);  // 0.1 % exactly
  EXPECT_EQ(PartOf({100'001}, 1000), 2u);
  EXPECT_EQ(PartOf({1}, 5), 1u);
}

TEST(HumanTest, Values) {
  EXPECT_EQ(HumanBytes(0), "0 B");
  EXPECT_EQ(HumanBytes(4096), "4 KiB");
  EXPECT_EQ(HumanBytes(64.0 * 1048576), "64 MiB");
  EXPECT_EQ(HumanBytes(1.25 * 1048576), "1.25 MiB");
  EXPECT_EQ(HumanBytes(123.456 * 1048576), "123 MiB");
  EXPECT_EQ(HumanSeconds(0), "0 ns");
  EXPECT_EQ(HumanSeconds(0.000384), "384 us");
  EXPECT_EQ(HumanSeconds(0.0123), "12.3 ms");
  EXPECT_EQ(HumanSeconds(2.5), "2.50 s");
  EXPECT_EQ(HumanCount(16384), "16384");
  EXPECT_EQ(HumanCount(1.5), "1.50");
}

}  // namespace
}  // namespace cowbench
