#pragma once
// The program as a user meets it. STRATA_PROGRAM names it (make test sets it).

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>

#include "core/io/files.hpp"
#include "tests/contains.hpp"
#include "tests/scratch.hpp"

namespace strata::testing {

struct Result {
  int status = -1;
  std::string out, err;
};

/// Runs the program with these arguments, in the shell's spelling; what it prints goes to files of
/// the scratch folder.
struct Program {
  Scratch scratch;

  static std::string name() {
    const char* program = std::getenv("STRATA_PROGRAM");
    REQUIRE_MESSAGE(program != nullptr, "STRATA_PROGRAM is not set: run the tests with make test");
    return program;
  }
  Result operator()(const std::string& arguments) const { return run(name() + " " + arguments); }
  /// Lines of bash, in which $strata is the program and $work the scratch folder.
  Result script(const std::string& lines) const {
    write_file(file("script"), lines);
    return run("strata=" + name() + " work=" + scratch.folder.string() + " bash " + file("script"));
  }
  Result run(const std::string& command) const {
    const int status =
        std::system((command + " >" + scratch.file("out") + " 2>" + scratch.file("err")).c_str());
    Result result;
    result.status = (status >> 8) & 0xff;
    result.out = read_file(scratch.file("out"));
    result.err = read_file(scratch.file("err"));
    return result;
  }
  std::string file(const std::string& name) const { return scratch.file(name); }
};

/// One line on standard error that begins with the program's name and holds `part`, and the exit
/// status: 1 failed, 2 wrong usage.
inline Result check_refused(const Program& strata, const std::string& arguments, int status,
                            const std::string& part) {
  const Result result = strata(arguments);
  CAPTURE(arguments);
  CAPTURE(result.err);
  CHECK(result.status == status);
  CHECK(result.err.starts_with("strata: "));
  CHECK(std::count(result.err.begin(), result.err.end(), '\n') == 1);
  CHECK(contains(result.err, part));
  return result;
}

}  // namespace strata::testing
