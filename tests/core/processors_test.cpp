#include "core/processors.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/scratch.hpp"

using namespace strata;

TEST_CASE("a quota of time is worth so many processors, rounded up") {
  using Count = std::optional<std::size_t>;
  CHECK(processors_of_quota("200000 100000\n") == Count(2));
  CHECK(processors_of_quota("150000 100000\n") == Count(2));
  CHECK(processors_of_quota("10000 100000\n") == Count(1));
  CHECK(processors_of_quota("50000\n 25000\n") == Count(2));  // version 1: two files
  CHECK(processors_of_quota("9000000000000000000 1") == Count(9'000'000'000'000'000'000u));
  for (const char* none : {"max 100000\n", "-1\n 100000\n", "", " ", "200000", "200000 0", "0 1",
                           "two 1", "200000 -1", "99999999999999999999 1"})
    CHECK(processors_of_quota(none) == std::nullopt);
}

TEST_CASE("the least quota of a process's group and of those around it counts, in both versions") {
  const testing::Scratch scratch;
  const auto write = [&](const std::string& folder, const char* name, const char* text) {
    std::filesystem::create_directories(scratch.folder / folder);
    std::ofstream(scratch.folder / folder / name) << text;
  };
  const auto of = [&](const char* groups) {
    return processors_of_groups(groups, scratch.folder.string());
  };
  using Count = std::optional<std::size_t>;
  CHECK(of("0::/\n") == std::nullopt);  // no such files
  write("lab/user", "cpu.max", "max 100000\n");
  write("lab", "cpu.max", "300000 100000\n");
  CHECK(of("0::/lab/user\n") == Count(3));
  CHECK(of("0::/lab/user/inner/unknown\n") == Count(3));
  CHECK(of("0::/elsewhere\n") == std::nullopt);
  write("", "cpu.max", "200000 100000\n");  // a container sees its own group as the root
  CHECK(of("0::/\n") == Count(2));
  CHECK(of("0::/lab/user\n") == Count(2));
  CHECK(of("0::/docker/0a1b\n") == Count(2));

  write("cpu/job", "cpu.cfs_quota_us", "50000\n");
  write("cpu/job", "cpu.cfs_period_us", "100000\n");
  write("cpu", "cpu.cfs_quota_us", "-1\n");
  write("cpu", "cpu.cfs_period_us", "100000\n");
  CHECK(of("5:cpuset:/job\n4:cpuacct:/job\n") == std::nullopt);
  CHECK(of("4:cpuacct,cpu:/job\n3:memory:/\n") == Count(1));
  CHECK(of("1:cpu:/job\n0::/\n") == Count(1));
  CHECK(of("1:cpu:/\n") == std::nullopt);
  for (const char* odd : {"", "\n", ":", "no groups", "1:cpu", "0::", "::::"}) {
    CAPTURE(odd);
    CHECK_NOTHROW(of(odd));
  }
}

TEST_CASE("the usable processors are at least one and at most those of the machine") {
  CHECK(usable_processors() >= 1);
  CHECK(usable_processors() <= std::max(1u, std::thread::hardware_concurrency()));
}
