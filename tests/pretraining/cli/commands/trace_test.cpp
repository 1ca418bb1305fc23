// strata trace.

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>

#include "tests/core/inspect/trace/pages.hpp"
#include "tests/program.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE("strata trace writes a page and says where; wrong usage is said") {
  const Program strata;
  const std::string file = strata.file("page.html");
  const Result written = strata("trace sparse -o " + file);
  CHECK(written.status == 0);
  CHECK(written.out.find("sparse 6-4 on 5 examples, 18 nodes") != std::string::npos);
  CHECK(written.out.find("open it in a browser") != std::string::npos);
  CHECK(data_of(read_file(file)).at("title").as_string() == "sparse 6-4 on 5 examples");

  // The source is found from another folder too: above the program.
  const std::string program = std::filesystem::absolute(std::getenv("STRATA_PROGRAM")).string();
  CHECK(std::system(("cd / && " + program + " trace sparse -o " + file + " > /dev/null").c_str()) ==
        0);
  CHECK(!data_of(read_file(file)).at("sources").at("layers/dense.cpp").is_null());

  CHECK(strata("trace sparse --out " + file + " --entries 4").status == 0);
  CHECK(data_of(read_file(file)).at("most_entries").as_size() == 4);
  CHECK(strata("step sparse --do \"html " + file + "\"").status ==
        0);  // the stepper's command writes the same page
  CHECK(data_of(read_file(file)).at("nodes").items().size() == 18);
  CHECK(strata("trace sparse -o /nowhere/x.html").status == 1);
  CHECK(strata("trace sparse -o").status == 2);
  CHECK(strata("trace").status == 2);
  CHECK(strata("trace --help").out.find("-o, --out FILE") != std::string::npos);
}
