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
  CHECK(written.out.ends_with("wrote " + file + " (open it in a browser: xdg-open " + file +
                              ", or double-click; press ? there for the keys)\n"));
  CHECK(data_of(read_file(file)).at("title").as_string() == "sparse 6-4 on 5 examples");

  // The source is found from another folder too: above the program.
  const std::string program = std::filesystem::absolute(std::getenv("STRATA_PROGRAM")).string();
  CHECK(std::system(("cd / && " + program + " trace sparse -o " + file + " > /dev/null").c_str()) ==
        0);
  CHECK(!data_of(read_file(file)).at("sources").at("layers/dense.cpp").is_null());

  // Without -o it goes below build/, as what other commands write
  const auto in_scratch = "cd " + std::filesystem::path(file).parent_path().string() + " && ";
  CHECK(std::system((in_scratch + program + " trace sparse > said").c_str()) == 0);
  CHECK(data_of(read_file(strata.file("build/trace.html"))).at("nodes").items().size() == 18);
  CHECK(contains(read_file(strata.file("said")), "\nwrote build/trace.html (open it"));

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

TEST_CASE(
    "step, trace and check say once what they look at where --data is not given, and it is so") {
  const Program strata;
  for (const char* command : {"step", "trace", "check"}) {
    std::string help = strata(text(command, " --help")).out;
    std::string words;  // however the lines wrap
    for (char c : help) {
      const bool is_blank = c == ' ' || c == '\n';
      if (!is_blank || !words.ends_with(' ')) words += is_blank ? ' ' : c;
    }
    CHECK(contains(words, "MODEL|KIND a saved model, or a kind "));
    CHECK(contains(words,
                   "without it, a kind is given five small random examples, and a saved model "
                   "[digits] --rows"));
    CHECK(words.find("random example") == words.rfind("random example"));
  }
  CHECK(contains(strata("check linear").out, " on 5 examples"));
  const std::string model = strata.file("m.safetensors");
  CHECK(strata("train linear --epochs 0 --hidden 2 --quiet --out " + strata.file("linear") +
               " --save " + model)
            .status == 0);
  CHECK(contains(strata("step " + model + " --do \"print X\"").out,
                 "5×64"));  // digits have 64 features
}
