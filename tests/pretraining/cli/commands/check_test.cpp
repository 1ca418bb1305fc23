// strata check: numbers that are not finite, and samples of entries.

#include <doctest/doctest.h>

#include "core/io/json.hpp"
#include "core/real.hpp"
#include "tests/program.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE(
    "what is not finite is said first, by check and by check --blame, with the command that goes "
    "there") {
  const Program strata;
  const std::string big = sizeof(Real) == 8 ? "1e200" : "1e30";
  write_file(strata.file("big.csv"), "a,b,c\n" + big + ",2,3\n4," + big + ",6\n7,8,9\n");
  for (const char* blame : {"", " --blame"}) {
    const Result result =
        strata("check linear --hidden 1 --data " + strata.file("big.csv") + blame);
    CAPTURE(result.out);
    CHECK(result.status == 1);
    const std::size_t said =
        result.out.find("\n\nnot finite: the first value that is not finite is node 7");
    CHECK(said == result.out.find('\n'));
    CHECK(contains(result.out, "strata step linear --data " + strata.file("big.csv") +
                                   " --hidden 1 --do nan\n"));
    CHECK_FALSE(contains(result.out, "the rule by hand"));
    CHECK_FALSE(contains(result.out, "WRONG"));
    CHECK_FALSE(contains(result.out, "every rule is right"));
  }
}

TEST_CASE("a check of a sample says that it is one, and is the same with any number of threads") {
  const Program strata;
  const std::string json = strata.file("check.json");
  const Result one = strata("check multilayer --seed 3 --tries 30 --threads 1 --json " + json);
  CAPTURE(one.out);
  CHECK(one.status == 0);
  CHECK(contains(one.out, " of 30  "));  // of encoder.0.W
  CHECK(contains(one.out, "; all that were tried agree\ndifferences were taken at "));
  CHECK(contains(one.out, ", drawn by seed 3. Were "));
  CHECK(one.out.ends_with(" % (--all tries every entry)\n"));
  CHECK_FALSE(contains(one.out, "all agree"));
  CHECK(strata("check multilayer --seed 3 --tries 30 --threads 3").out == one.out);
  const Json said = parse_json(read_file(json), json);
  CHECK(said.at("tried").as_size() < said.at("entries").as_size());
  CHECK(said.at("share_found").as_number() > 0);
  CHECK(said.at("checks").items()[0].at("tried").as_size() <
        said.at("checks").items()[0].at("entries").as_size());

  for (const char* all : {"", " --all", " --tries 1000"}) {
    const Result whole = strata(text("check multilayer", all));
    CHECK(whole.out.ends_with("; all agree\n"));
    CHECK_FALSE(contains(whole.out, " of 30  "));
  }
  check_refused(strata, "check sparse --all --tries 3", 2, "--tries: has no effect with --all");
  check_refused(strata, "check sparse --blame --all", 2,
                "--all: --blame moves all entries at once");
  check_refused(strata, "check sparse --tries 0", 2, "--tries 0: must be");
}
