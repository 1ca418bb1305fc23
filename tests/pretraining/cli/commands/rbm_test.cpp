// `strata rbm`, `strata sample` of what it leaves, and RBM layers of `strata pretrain`.

#include "core/io/json.hpp"
#include "tests/check_close.hpp"
#include "tests/program.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE(
    "strata rbm: a machine with an exact likelihood above that of its units alone, a page, and "
    "models") {
  const Program strata;
  const std::string out = strata.file("rbm");
  const Result result = strata("rbm --layers 64-12 --rows 0:600 --epochs 12 --quiet --out " + out);
  INFO(result.err);
  REQUIRE(result.status == 0);
  CHECK(contains(result.out, "(exact)"));
  const Json json = parse_json(read_file(out + "/results.json"), "results.json");
  const Json& layer = json.at("layers").items().front();
  CHECK(layer.at("log_Z_by").as_string() == "enumeration");
  CHECK(layer.at("log_likelihood_test").as_number() >
        layer.at("log_likelihood_test_independent").as_number());
  CHECK(layer.at("log_likelihood_train").as_number() >
        layer.at("log_likelihood_train_independent").as_number());

  const std::string page = read_file(out + "/report.html");
  for (const char* part :
       {"Restricted Boltzmann machine on digits", "CD-1", "How likely the data are",
        "What it dreams", "What the hidden units look for", "Pseudo-likelihood", "Free energy"}) {
    CAPTURE(part);
    CHECK(contains(page, part));
  }
  CHECK(strata("sample " + out + "/model.safetensors --count 4 --steps 10 --save " +
               strata.file("s.csv"))
            .status == 0);
  CHECK(count(read_file(strata.file("s.csv")), "\n") == 5);
  CHECK(strata("encode " + out + "/autoencoder.safetensors --rows 0:3").status == 0);
  check_refused(strata, "encode " + out + "/model.safetensors", 1,
                "is a stack of RBMs, not an autoencoder");
}

TEST_CASE("strata rbm: a stack, persistent chains, the same bits for any number of threads") {
  const Program strata;
  const std::string line =
      "rbm --layers 64-40-10 --rows 0:300 --epochs 2 --persistent --code-units gaussian --ais 20 "
      "--chain-steps 2 --quiet --out ";
  REQUIRE(strata(line + strata.file("one") + " --threads 1").status == 0);
  REQUIRE(strata(line + strata.file("two") + " --threads 2").status == 0);
  for (const char* file : {"/model.safetensors", "/autoencoder.safetensors"})
    CHECK(read_file(strata.file("one") + file) == read_file(strata.file("two") + file));
  CHECK(contains(read_file(strata.file("one") + "/report.html"), "Deep belief network on digits"));
}

TEST_CASE("strata rbm: wrong options and data are refused") {
  const Program strata;
  check_refused(strata, "rbm --layers 65-10 --out " + strata.file("x"), 2,
                "the data has 64 features");
  check_refused(strata, "rbm --cd 0 --out " + strata.file("x"), 2, "--cd 0");
  check_refused(strata, "rbm --data circle --out " + strata.file("x"), 1, "need numbers in [0, 1]");
  check_refused(strata, "pretrain --cd 2", 2, "--cd: has no effect without --layer-kind rbm");
  check_refused(strata, "classify --persistent", 2,
                "--persistent: has no effect without --layer-kind rbm");
  check_refused(strata, "classify --layer-kind smooth --cd 2", 2, "--layer-kind smooth: must be");
  check_refused(strata, "pretrain --layer-kind rbm --hidden-activation relu", 2, "not relu");
  check_refused(strata, "pretrain --layer-kind rbm --l1 0.1", 2, "no L1 term");
  CHECK(strata("rbm --data circle --visible gaussian --scale standard --layers 2-8 --epochs 3 "
               "--quiet --out " +
               strata.file("circle"))
            .status == 0);
}

TEST_CASE("strata pretrain --layer-kind rbm: layers by contrastive divergence, fine-tuned") {
  const Program strata;
  const std::string out = strata.file("report");
  const Result result = strata(
      "pretrain --layer-kind rbm --layers 64-30-5 --rows 0:400 --pretrain-epochs 10 --epochs 15 "
      "--quiet --out " +
      out);
  INFO(result.err);
  REQUIRE(result.status == 0);
  const Json json = parse_json(read_file(out + "/results.json"), "results.json");
  const auto error = [&](const char* name) {
    for (const Json& method : json.at("methods").items())
      if (method.at("name").as_string() == name) return method.at("test_error").as_number();
    return 0.0;
  };
  CHECK(error("greedy_finetuned") < error("greedy"));
  CHECK(error("greedy") < 5);  // the digits' variance, what a constant leaves, is 4.9
}
