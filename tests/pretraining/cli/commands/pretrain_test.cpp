// strata pretrain, as a user meets it.

#include <doctest/doctest.h>

#include "autoencoders/files/model_file.hpp"
#include "core/io/json.hpp"
#include "tests/program.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

const std::string quick = " --pretrain-epochs 1 --epochs 2 --quiet";

}  // namespace

TEST_CASE(
    "pretrain writes results.json as documented, the report and the model; and the same seed the "
    "same "
    "digits") {
  const Program strata;
  const auto run = [&](const std::string& more) {
    const Result result = strata("pretrain --out " + strata.file("report") + quick + more);
    CAPTURE(result.err);
    REQUIRE(result.status == 0);
    CHECK(result.err.empty());  // no bar: not a terminal
    return parse_json(read_file(strata.file("report") + "/results.json"), "results.json");
  };
  Json first = run(" --threads 1");
  CHECK(first.at("program").as_string() == "strata");
  CHECK(first.at("command").as_string() == "pretrain");
  CHECK(first.at("real").as_string() == real_name);
  CHECK(first.at("seed").as_size() == 1);
  CHECK(first.at("threads").as_size() == 1);
  CHECK(first.at("data").at("train").as_size() == 1438);
  CHECK(first.at("data").at("test").as_size() == 359);
  CHECK(first.at("error_unit").as_string() == "squared error per example");
  const char* names[] = {"pca",         "logistic_pca", "shallow",
                         "deep_random", "greedy",       "greedy_finetuned"};
  for (std::size_t k = 0; k < 6; ++k)
    CHECK(first.at("methods").items()[k].at("name").as_string() == names[k]);
  CHECK(contains(read_file(strata.file("report") + "/report.html"), "<!doctype html>"));
  CHECK(load_model(strata.file("report") + "/model.safetensors").model->architecture() ==
        "64-100-50-2");

  const auto without_time = [](Json json) {
    json["threads"] = 0;
    for (std::size_t k = 0; k < 6; ++k)
      std::get<Json::Array>(json["methods"].value)[k]["seconds"] = 0;
    return json.dump();
  };
  CHECK(without_time(run(" --threads 2")) == without_time(first));
  CHECK(without_time(run(" --threads 1")) == without_time(first));
  CHECK(without_time(run(" --seed 2")) != without_time(first));
  const Result classified =
      strata("pretrain --classify --layers 64-20-5 --layer-kind sparse --out " +
             strata.file("report") + quick);
  CHECK(contains(classified.out, "fine-tuned through every layer"));
}
