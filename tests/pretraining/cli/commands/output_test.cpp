// Where results go besides files of their own: standard output, pipes and devices. What cannot be
// written there is an error like any other.

#include <doctest/doctest.h>

#include <filesystem>

#include "core/io/json.hpp"
#include "tests/program.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

// One line on standard error, and the status of a failure.
void check_says_so(const Program& strata, const std::string& lines) {
  const Result result = strata.script(lines);
  CAPTURE(lines);
  CAPTURE(result.err);
  CHECK(result.status == 1);
  CHECK(result.err.starts_with("strata: standard output: cannot be written"));
  CHECK(std::count(result.err.begin(), result.err.end(), '\n') == 1);
}

}  // namespace

TEST_CASE("standard output that is full or closed is an error of every command that prints") {
  const Program strata;
  const std::string model = strata.file("m.safetensors"), rbm = strata.file("rbm");
  REQUIRE(strata("train variational --rows 0:50 --epochs 1 --quiet --out " + strata.file("runs") +
                 " --save " + model)
              .status == 0);
  REQUIRE(strata("rbm --rows 0:50 --layers 64-4 --epochs 1 --quiet --out " + rbm).status == 0);
  const std::string quick = " --epochs 1 --rows 0:50 --quiet --out $work/runs";
  const std::string commands[] = {"--help",
                                  "--version",
                                  "train --help",
                                  "encode " + model + " --rows 0:3",
                                  "sample " + model,
                                  "interpolate " + model,
                                  "sample " + rbm + "/model.safetensors --steps 2",
                                  "gradients " + model,
                                  "data digits --rows 0:9",
                                  "trace linear -o $work/trace.html",
                                  "check linear --tries 3",
                                  "step sparse --once",
                                  "step sparse --do help",
                                  "train linear" + quick,
                                  "rbm --layers 64-4" + quick,
                                  "compare linear" + quick,
                                  "pretrain --layers 64-4-2 --pretrain-epochs 1" + quick,
                                  "classify --layers 64-4 --pretrain-epochs 1 --labels 0" + quick};
  for (const std::string& arguments : commands) {
    if (std::filesystem::exists("/dev/full"))
      check_says_so(strata, "$strata " + arguments + " > /dev/full");
    check_says_so(strata, "$strata " + arguments + " >&-");
  }
  // Its squared error goes to standard error
  const Result pair = strata.script("$strata reconstruct " + model + " --rows 0:3 >&-");
  CHECK(pair.status == 1);
  CHECK(contains(pair.err, "\nstrata: standard output: cannot be written"));
  // The work itself is done: the run has its files
  CHECK(std::filesystem::exists(strata.file("runs/model.safetensors")));
}

TEST_CASE("a reader that has gone away does not end a training") {
  const Program strata;
  const Result result = strata.script(
      "{ $strata train linear --epochs 30 --quiet --out $work/a; echo $? > $work/status; } | true\n"
      "cat $work/status");
  CHECK(result.out == "1\n");
  CHECK(contains(result.err, "strata: standard output: cannot be written"));
  CHECK(std::filesystem::exists(strata.file("a/results.json")));
}

TEST_CASE("--json to standard output, a pipe or a device comes behind what was printed") {
  const Program strata;
  const std::string quick = " --rows 0:50 --epochs 1 --quiet --out $work/a ";
  for (const std::string& command :
       {std::string("data digits --rows 0:9 "), std::string("check linear --tries 3 "),
        "train linear" + quick, "rbm --layers 64-4" + quick, "compare linear" + quick,
        "classify --layers 64-4 --pretrain-epochs 1 --labels 0" + quick,
        "pretrain --layers 64-4-2 --pretrain-epochs 1" + quick}) {
    CAPTURE(command);
    for (const std::string there :
         {"--json /dev/stdout > $work/all", "--json /dev/stdout | cat > $work/all",
          "--json /dev/fd/3 > $work/all 3>&1", "--json $work/all > $work/all",
          "--json $work/pipe > $work/all; wait; cat $work/came >> $work/all"}) {
      CAPTURE(there);
      const Result result = strata.script(
          "set -o pipefail -e; rm -f $work/all $work/pipe; mkfifo $work/pipe\n"
          "cat $work/pipe > $work/came &\n"
          "$strata " +
          command + there + "\nkill %1 2> /dev/null || true");
      CAPTURE(result.err);
      CHECK(result.status == 0);
      const std::string all = read_file(strata.file("all"));
      const std::size_t begin = all.find("\n{\n"), end = all.find("\n}\n");
      REQUIRE(begin != std::string::npos);
      REQUIRE(end != std::string::npos);
      CHECK(parse_json(all.substr(begin, end + 3 - begin), "all").members().size() > 4);
    }
  }
}
