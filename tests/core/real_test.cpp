// core/real.hpp.

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

TEST_CASE("a compiler that may assume that every number is finite is refused") {
  const auto compiles = [](const std::string& options) {
    const std::string compiler = "${CXX:-c++} -std=c++20 -fsyntax-only -x c++ -I. " + options;
    return std::system((compiler + " core/real.hpp 2> /dev/null").c_str()) == 0;
  };
  CHECK(compiles("-O3"));
  CHECK_FALSE(compiles("-O3 -ffast-math"));
  CHECK_FALSE(compiles("-Ofast"));
  CHECK_FALSE(compiles("-ffinite-math-only"));
}
