// strata check on numbers that are not finite.

#include <doctest/doctest.h>

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
