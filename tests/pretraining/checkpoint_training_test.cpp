#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

// Some of the script's runs, on the real program; .ci/run has twenty.
TEST_CASE("runs that are killed at random moments and resumed end in the same bits") {
  const char* const program = std::getenv("STRATA_PROGRAM");
  REQUIRE_MESSAGE(program != nullptr, "STRATA_PROGRAM is not set: run the tests with make test");
  const std::string command = "tests/checks/kill_and_resume.sh " + std::string(program) + " 2 >&2";
  const int status = std::system(command.c_str()) >> 8;
  CHECK((status == 0 || status == 77));  // 77: a tool is missing
}
