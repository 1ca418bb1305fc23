#pragma once
// What the tests of the stepper share: a small autoencoder to step through, walks there and back,
// and what its answers hold.

#include <doctest/doctest.h>

#include <set>
#include <sstream>

#include "core/io/utf8.hpp"
#include "pretraining/cli/kinds/subject.hpp"
#include "pretraining/cli/step/explicit_stepper.hpp"
#include "pretraining/cli/step/tape_stepper.hpp"
#include "tests/check_close.hpp"
#include "tests/contains.hpp"

namespace strata::testing {

using namespace strata::cli;

// What `strata step KIND` steps through.
struct Stepped {
  Subject subject;
  Tape tape;
  Objective objective;

  explicit Stepped(const std::string& kind = "sparse")
      : subject(subject_of(Options(subject_specs(), std::vector<std::string>{kind}))),
        objective(subject.objective(tape)) {}
  TapeStepper stepper() { return TapeStepper(tape, objective, "sparse"); }
  Parameter& W1() { return subject.dense()->encoder[0].W; }
  int node_of(const Op& op) const {
    for (int i = 0; i < tape.size(); ++i) {
      if (tape.nodes[i].op == &op) return i;
    }
    FAIL("no node of ", op.name);
    return -1;
  }
};

// On one line, as if the screen were endless.
inline std::string unwrapped(const std::string& text) {
  std::string line, word;
  for (std::istringstream in(text); in >> word;) line += (line.empty() ? "" : " ") + word;
  return line;
}

// The number behind "= " in what `print NAME[i,j]` answers.
inline double number_in(const std::string& answer) {
  const std::size_t equals = answer.find("= ");
  REQUIRE_MESSAGE(equals != std::string::npos, answer);
  return std::stod(answer.substr(equals + 2));
}

inline std::string entry_name(const std::string& name, const Shape& shape, std::size_t index) {
  return name + entry_place(shape, index);
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// From the first step to the last and back again, by `next` and `back` alone: the pages in the
// order seen.
inline std::vector<std::string> walk(Stepper& stepper, const char* command) {
  std::vector<std::string> pages{stepper.here()};
  for (;;) {
    const std::size_t before = stepper.step();
    const std::string page = stepper.run(command);
    if (stepper.step() == before) return pages;
    pages.push_back(page);
  }
}

inline void check_there_and_back(Stepper& stepper) {
  REQUIRE(stepper.step() == 0);
  const std::string first = stepper.here();
  const std::vector<std::string> there = walk(stepper, "next");
  CHECK(stepper.step() + 1 == stepper.size());
  const std::vector<std::string> back = walk(stepper, "b");
  CHECK(there.size() == stepper.size());
  // No page twice
  CHECK(std::set<std::string>(there.begin(), there.end()).size() == stepper.size());
  CHECK(back == std::vector<std::string>(there.rbegin(), there.rend()));
  CHECK(stepper.step() == 0);
  CHECK(stepper.here() == first);
  for (std::size_t k = 0; k < there.size(); ++k) {
    CHECK(there[k].find(text("step ", k + 1, " of ", stepper.size())) == 0);
  }
}

}  // namespace strata::testing
