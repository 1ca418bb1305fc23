// `strata classify` as a user meets it.

#include <doctest/doctest.h>

#include "core/io/json.hpp"
#include "tests/markup.hpp"
#include "tests/program.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

const std::string quick =
    " --rows 0:400 --layers 64-20-10 --pretrain-epochs 5 --epochs 5 --labels 20 --draws 2 --quiet";

Json without_seconds(Json json) {
  for (const char* key : {"seconds", "pretraining_seconds", "few_labels_seconds", "threads"})
    json[key] = 0;
  for (const char* stage : {"before", "after", "random_start"}) json[stage]["seconds"] = 0;
  for (Json& one : std::get<Json::Array>(json["stages"].value)) one["seconds"] = 0;
  return json;
}

}  // namespace

TEST_CASE(
    "classify: every kind of layer, a page, results, a model that predicts what it was judged by") {
  const Program strata;
  const std::string out = strata.file("classify");
  for (const std::string kind : {"plain", "sparse", "denoising", "rbm"}) {
    CAPTURE(kind);
    const Result run = strata("classify --layer-kind " + kind + quick + " --out " + out +
                              " --predictions " + strata.file("p.csv"));
    CAPTURE(run.err);
    REQUIRE(run.status == 0);
    CHECK(contains(run.out, "after: fine-tuned, every layer"));
    const Json json = parse_json(read_file(out + "/results.json"), "results.json");
    CHECK(json.at("layer_kind").as_string() == kind);
    CHECK(json.at("layers").items().size() == 4);
    CHECK(json.at("few_labels").items()[0].at("raw").at("draws").items().size() == 2);
    check_page(read_file(out + "/report.html"));
    const std::string predictions = read_file(strata.file("p.csv"));
    // A heading, 80 test rows
    CHECK(std::count(predictions.begin(), predictions.end(), '\n') == 81);

    const Result again = strata("classify --model " + out + "/model.safetensors");
    CHECK(contains(again.out, "1797 examples of digits, 10 classes: "));
  }
  check_refused(strata, "encode " + out + "/model.safetensors", 1,
                "is a classifier, not an autoencoder");
}

TEST_CASE("classify: the same numbers for any number of threads, others for another seed") {
  const Program strata;
  const auto run = [&](const std::string& more) {
    const std::string out = strata.file("run");
    REQUIRE(strata("classify" + quick + " --out " + out + more).status == 0);
    return without_seconds(parse_json(read_file(out + "/results.json"), "results.json")).dump();
  };
  const std::string first = run(" --threads 1");
  CHECK(run(" --threads 3") == first);
  CHECK(run(" --seed 2") != first);
}

TEST_CASE("classify: data of one's own, with a gap in the labels, without pictures") {
  const Program strata;
  std::string csv = "a,b,label\n", one = csv, none = "a,b\n";
  for (int i = 0; i < 60; ++i) {
    const int label = i % 3 == 2 ? 4 : i % 3;  // 0, 1 and 4
    csv += text(label + 0.01 * (i % 7), ",", i % 5, ",", label, "\n");
    one += text(i % 7, ",", i % 5, ",3\n");
    none += text(i % 7, ",", i % 5, "\n");
  }
  write_file(strata.file("gap.csv"), csv);
  write_file(strata.file("one.csv"), one);
  write_file(strata.file("none.csv"), none);
  const std::string rest =
      " --scale minmax --layers 2-8 --labels 6,9 --out " + strata.file("o") + " --quiet --data ";
  const Result gap = strata("classify" + rest + strata.file("gap.csv"));
  CAPTURE(gap.err);
  REQUIRE(gap.status == 0);
  const Json json = parse_json(read_file(strata.file("o") + "/results.json"), "results.json");
  CHECK(json.at("data").at("classes").as_size() == 5);
  CHECK(json.at("test_accuracy_after").as_number() == 1);
  CHECK(json.at("few_labels").items()[1].at("labels").as_size() ==
        9);  // three of each of the three there are
  const std::string page = read_file(strata.file("o") + "/report.html");
  check_page(page);
  CHECK_FALSE(contains(page, "What the first layer looks for"));
  const Result own = strata("classify --model " + strata.file("o") + "/model.safetensors --data " +
                            strata.file("gap.csv"));
  // Scaled as in training
  CHECK(contains(own.out, "60 examples of gap, 5 classes: 100.00 % are right"));
  check_refused(strata, "classify" + rest + strata.file("one.csv"), 1, "are all of class 3");
  check_refused(strata, "classify" + rest + strata.file("none.csv"), 1, "has no labels");
}

TEST_CASE("classify: wrong usage is told before the work") {
  const Program strata;
  check_refused(strata, "classify --layers 63-10", 2, "the data has 64 features");
  check_refused(strata, "classify --layer-kind sprase", 2, "--layer-kind sprase");
  check_refused(strata, "classify --layer-kind plain --rho 0.1", 2, "without --layer-kind sparse");
  check_refused(strata, "classify --cd 2", 2, "without --layer-kind rbm");
  check_refused(strata, "classify --labels 20,x", 2, "--labels x");
  check_refused(strata, "classify --labels 0 --draws 2", 2, "--draws");
  check_refused(strata, "classify --dropout 1", 2, "--dropout 1");
  check_refused(strata, "classify --save " + strata.file("model"), 2, ".safetensors");
  check_refused(strata, "classify --predictions " + strata.file("p.png"), 2, ".csv, .npy");
  check_refused(strata, "classify --data circle", 1, "has no labels");
  CHECK(contains(strata("classify --help").out, "usage: strata classify [options]"));
}
