// docs/guide/training-step.md, the walk from a batch to the updated weight: every function that the
// page names is defined in the file that it names, another function of the walk calls it, and the
// walk is short.

#include <doctest/doctest.h>

#include <map>
#include <regex>
#include <set>

#include "core/io/files.hpp"
#include "tests/contains.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

struct Stop {
  std::string function, file;
};

// The rows "| 7 | `function` | [file](…) | … |" of the page.
std::vector<Stop> walk_of_page() {
  const std::string page = read_file("docs/guide/training-step.md");
  const std::regex row(R"(\| (\d+) \| `([\w:]+)` \| \[([\w/.]+)\])");
  std::vector<Stop> stops;
  for (std::sregex_iterator it(page.begin(), page.end(), row), end; it != end; ++it) {
    stops.push_back({(*it)[2], (*it)[3]});
    CHECK(std::stoul((*it)[1]) == stops.size());
  }
  return stops;
}

std::string without_class(const std::string& function) {
  const std::size_t colons = function.rfind("::");
  return colons == std::string::npos ? function : function.substr(colons + 2);
}

// The definitions of the function in a source file, from the line with its name to the brace that
// closes it in the first column.
std::string definitions(const std::string& source, const std::string& function) {
  const std::regex head("(^|\n)[A-Za-z][^\n;=]*\\b" + function + "\\(");
  std::string found;
  for (std::sregex_iterator it(source.begin(), source.end(), head), end; it != end; ++it) {
    const std::size_t begin = std::size_t(it->position()), close = source.find("\n}", begin);
    const std::string whole = source.substr(begin, close - begin);
    if (contains(whole, "{")) found += whole;
  }
  return found;
}

}  // namespace

TEST_CASE("the walk of training-step.md is the code's: at most 20 functions in 9 files") {
  const std::vector<Stop> walk = walk_of_page();
  std::map<std::string, std::string> bodies;
  std::set<std::string> files;
  for (const Stop& stop : walk) {
    files.insert(stop.file);
    bodies[stop.function] = definitions(read_file(stop.file), stop.function);
  }
  CHECK(bodies.size() == walk.size());
  CHECK(walk.size() > 10);
  CHECK(walk.size() <= 20);
  CHECK(files.size() <= 9);
  for (const Stop& stop : walk) {
    CAPTURE(stop.function);
    CAPTURE(stop.file);
    CHECK(bodies[stop.function] != "");
    bool is_called = stop.function == walk.front().function;
    for (const auto& [caller, body] : bodies) {
      const std::regex call("[^:\\w]" + without_class(stop.function) + "\\(");
      is_called = is_called || (caller != stop.function && std::regex_search(body, call));
    }
    CHECK(is_called);
  }
}
