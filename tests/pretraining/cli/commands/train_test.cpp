// strata train, and what follows on a trained model: encode, reconstruct, gradients, check.

#include <doctest/doctest.h>

#include "core/data/files/csv.hpp"
#include "core/data/files/npy.hpp"
#include "core/io/json.hpp"
#include "core/io/safetensors.hpp"
#include "tests/check_close.hpp"
#include "tests/program.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE("a CSV of one's own: train, encode new rows, reconstruct, gradients and check") {
  const Program strata;
  std::string csv = "height,width,weight,label\n";
  for (int i = 0; i < 40; ++i) csv += text(10 + i, ",", 200 - i, ",", i % 7, ",", i % 2, "\n");
  write_file(strata.file("mine.csv"), csv);
  check_refused(strata, "train undercomplete --hidden 2 --data " + strata.file("mine.csv"), 1,
                "--scale minmax");
  const std::string model = strata.file("mine.safetensors");
  const Result trained =
      strata("train undercomplete --hidden 2 --scale minmax --data " + strata.file("mine.csv") +
             " --save " + model + " --json " + strata.file("mine.json") + " --quiet");
  CAPTURE(trained.err);
  REQUIRE(trained.status == 0);
  CHECK(contains(trained.out, "undercomplete autoencoder 3-2 and back on"));
  CHECK(contains(trained.out, "32 training and 8 test examples"));
  const Json json = parse_json(read_file(strata.file("mine.json")), "mine.json");
  CHECK(json.at("test_error").as_number() < 0.3);

  CHECK(strata("encode " + model + " --data " + strata.file("mine.csv") + " --save " +
               strata.file("codes.npy"))
            .status == 0);
  CHECK(text(read_npy(strata.file("codes.npy")).shape) == "40×2");
  CHECK(strata("encode " + model + " --data " + strata.file("mine.csv") + " --rows 3:5 --save " +
               strata.file("codes.csv"))
            .status == 0);
  const Tensor two = read_csv(strata.file("codes.csv")).X;
  check_close(two, slice_rows(read_npy(strata.file("codes.npy")), 3, 5), 1e-12);
  const Result reconstructed = strata("reconstruct " + model + " --data " +
                                      strata.file("mine.csv") + " --save " + strata.file("r.csv"));
  CHECK(reconstructed.status == 0);
  CHECK(strata("reconstruct " + model + " --data " + strata.file("mine.csv") + " --save " +
               strata.file("r.npy") + " --errors " + strata.file("e.csv"))
            .status == 0);
  const Tensor errors = read_csv(strata.file("e.csv")).X;
  CHECK(text(errors.shape) == "40×1");
  check_close(column_means(errors)[0],
              std::stod(reconstructed.err.substr(reconstructed.err.find(": ") + 2)), 1e-4);
  CHECK(contains(reconstructed.err, "squared error per example: "));
  const Tensor R = read_csv(strata.file("r.csv")).X;
  CHECK(R(0, 1) > 150);  // in the data's own units
  CHECK(strata("encode " + model + " --data " + strata.file("mine.csv") + " --save " +
               strata.file("codes.png"))
            .status == 0);
  CHECK(read_file(strata.file("codes.png")).starts_with("\x89PNG"));
  CHECK(contains(strata("encode " + model + " --rows 0:2 --data " + strata.file("mine.csv")).out,
                 "code0,code1\n"));

  const Result gradients =
      strata("gradients " + model + " --data " + strata.file("mine.csv") + " --rows 0:8 --save " +
             strata.file("g.safetensors") + " --json " + strata.file("g.json"));
  CHECK(gradients.status == 0);
  CHECK(text(read_safetensors(strata.file("g.safetensors")).at("decoder.0.W").shape) == "2×3");
  CHECK(parse_json(read_file(strata.file("g.json")), "g").at("terms").has("reconstruction"));
  CHECK(strata("check " + model + " --data " + strata.file("mine.csv")).status == 0);

  check_refused(strata, "encode " + model, 1,
                "the model has 3 features but 'digits' has 64 (name the data with --data)");
  check_refused(strata, "check " + model + " --hidden 3", 2, "a saved model is checked as it is");
  check_refused(strata, "gradients " + model, 1, "the model has 3 features but 'digits' has 64");
  check_refused(strata, "encode " + model + " --data " + strata.file("mine.csv") + " --save x.jpg",
                2, ".npy, .csv, .png");
}

TEST_CASE("every kind trains, saves, and passes the three-way gradient check") {
  const Program strata;
  for (const char* kind : {"linear", "undercomplete", "overcomplete", "multilayer", "sparse",
                           "sparse --l1 0.1 --code relu", "sparse --tied",
                           "sparse --code tanh --output linear", "multilayer --tied", "denoising",
                           "denoising --corruption salt_and_pepper --noise 0.1 --tied",
                           "multilayer --corruption gaussian"}) {
    CAPTURE(kind);
    const Result trained =
        strata(std::string("train ") + kind + " --rows 0:100 --epochs 2 --quiet --save " +
               strata.file("m.safetensors"));
    CAPTURE(trained.err);
    CHECK(trained.status == 0);
    CHECK(contains(trained.out, "squared error per example"));
    CHECK(strata("encode " + strata.file("m.safetensors") + " --rows 0:3").status == 0);
    const Result checked = strata(std::string("check ") + kind);
    CAPTURE(checked.out);
    CHECK(checked.status == 0);
    CHECK(contains(checked.out, "encoder.0.W"));
    CHECK(!contains(checked.out, "WRONG"));
  }
  CHECK(contains(strata("check sparse").out, "all agree"));
}

TEST_CASE("early stopping is judged by training rows that are held out") {
  const Program strata;
  const Result result = strata(
      "train undercomplete --rows 0:300 --epochs 40 --patience 2 --rate 0.05 --quiet --json " +
      strata.file("p.json"));
  CHECK(result.status == 0);
  CHECK(contains(result.out, "24 of the training examples are held out to stop by"));
  CHECK(parse_json(read_file(strata.file("p.json")), "p").at("best_epoch").as_size() >= 1);
  CHECK(contains(strata("train multilayer --rows 0:50 --epochs 2 --optimizer sgd --schedule step "
                        "--clip 1 --quiet")
                     .out,
                 "after 2 epochs of sgd"));
}

TEST_CASE(
    "rows keep their side of the split: index % 5 == 4 is for testing, wherever the range begins") {
  const Program strata;
  const std::string train = "train linear --hidden 2 --epochs 1 --quiet --rows ";
  // 4 and 9 are for testing
  CHECK(contains(strata(train + "4:10").out, "4 training and 2 test examples"));
  CHECK(contains(strata(train + "5:9").out, "4 training and 0 test examples"));
  CHECK(contains(strata(train + "9:12").out, "2 training and 1 test examples"));
}

TEST_CASE("test rows beyond the training rows' range are not cut: their error shows") {
  const Program strata;
  std::string csv = "a,b,c,d\n";
  for (int i = 0; i < 20; ++i)
    // Row 4 is for testing
    csv += text(i % 7, ",", i % 3, ",", i == 4 ? 900 : i % 5, ",", i % 4, "\n");
  write_file(strata.file("outlier.csv"), csv);
  const Result trained =
      strata("train undercomplete --scale minmax --epochs 3 --quiet --split fifth --data " +
             strata.file("outlier.csv") + " --json " + strata.file("o.json"));
  CHECK(trained.status == 0);
  CHECK(parse_json(read_file(strata.file("o.json")), "o").at("test_error").as_number() > 1000);
}

TEST_CASE("patience has rows to stop by, or says how many it needs") {
  const Program strata;
  const std::string table = strata.file("t.csv");
  write_file(table, "0.1,0.2\n0.3,0.4\n0.5,0.6\n0.2,0.1\n");
  check_refused(strata, "train linear --hidden 1 --patience 2 --data " + table, 2,
                "--patience 2: a tenth of the 4 training rows is held out for it");
}
