// strata check --blame.

#include <doctest/doctest.h>

#include "core/io/files.hpp"
#include "core/io/json.hpp"
#include "tests/program.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE(
    "strata check --blame: every rule is right, for every kind; the table, the status and the JSON "
    "say so") {
  const Program program;
  for (const char* arguments :
       {"linear", "sparse", "undercomplete --loss half_mse", "overcomplete --keep 3 --code relu",
        "multilayer", "sparse --tied --l1 0.01 --code tanh --beta 0.5",
        "multilayer --data digits --layers 64-70-5"}) {
    CAPTURE(arguments);
    const Result result =
        program(text("check ", arguments, " --blame --json ", program.file("blame.json")));
    CAPTURE(result.out);
    CHECK(result.status == 0);
    CHECK(result.err == "");
    CHECK(result.out.find("every rule is right: ") != std::string::npos);
    CHECK(result.out.find("core/autodiff/rules/linear.cpp:") != std::string::npos);
    const bool is_large = std::string(arguments).find("digits") != std::string::npos;
    CHECK((result.out.find("(16 of 4480)") != std::string::npos) == is_large);
    const Json json = parse_json(read_file(program.file("blame.json")), "blame.json");
    CHECK(json.at("ok").as_bool());
    CHECK(json.at("wrong").items().empty());
    CHECK(json.at("by_hand").as_string() == "");
    CHECK(json.at("nodes").items().size() >= 3);
    for (const Json& node : json.at("nodes").items()) CHECK(node.at("verdict").as_string() == "OK");
  }
}
