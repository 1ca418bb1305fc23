// `strata sample` and `strata interpolate`, and what the pages of the contractive and the
// variational kind measure, as a user meets them.

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "autoencoders/files/model_file.hpp"
#include "autoencoders/generate.hpp"
#include "core/data/digits8x8.hpp"
#include "core/data/files/csv.hpp"
#include "core/data/files/npy.hpp"
#include "core/io/json.hpp"
#include "core/io/png.hpp"
#include "tests/check_close.hpp"
#include "tests/program.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

// Trains, and returns the folder of the run's files.
std::string trained(const Program& strata, const std::string& name, const std::string& arguments) {
  const std::string out = strata.file(name);
  const Result result = strata("train " + arguments + " --quiet --out " + out);
  CAPTURE(arguments);
  CAPTURE(result.err);
  REQUIRE(result.status == 0);
  return out;
}

Json measured(const std::string& out) {
  return parse_json(read_file(out + "/results.json"), "results.json").at("measured");
}

// Width and height, which stand at fixed places of a PNG file.
std::pair<std::size_t, std::size_t> size_of_png(const std::string& path) {
  const std::string bytes = read_file(path);
  REQUIRE(bytes.starts_with("\x89PNG"));
  const auto word = [&](std::size_t at) {
    std::size_t value = 0;
    for (std::size_t k = at; k < at + 4; ++k)
      value = 256 * value + static_cast<unsigned char>(bytes[k]);
    return value;
  };
  return {word(16), word(20)};
}

}  // namespace

TEST_CASE(
    "sample: means or draws from the saved model, the same for the same seed, to every kind of "
    "file") {
  const Program strata;
  const std::string model =
      trained(strata, "v", "variational --epochs 8 --rows 0:400") + "/model.safetensors";
  const auto samples = [&](const std::string& more) {
    const std::string file = strata.file("s.npy");
    const Result result = strata("sample " + model + " --save " + file + " " + more);
    CAPTURE(result.err);
    REQUIRE(result.status == 0);
    return read_npy(file);
  };
  const Tensor means = samples("--count 50 --seed 3");
  CHECK(text(means.shape) == "50×64");
  CHECK(samples("--count 50 --seed 3").values == means.values);
  CHECK(samples("--count 50 --seed 4").values != means.values);
  CHECK(samples("").rows() == 16);
  CHECK(
      std::all_of(means.values.begin(), means.values.end(), [](Real x) { return x > 0 && x < 1; }));

  SavedModel saved = load_model(model);
  Rng rng(3);
  CHECK(sample(dynamic_cast<VariationalAutoencoder&>(*saved.model), 50, rng).means.values ==
        means.values);

  const Tensor draws = samples("--count 400 --seed 3 --draw"),
               all_means = samples("--count 400 --seed 3");
  CHECK(std::all_of(draws.values.begin(), draws.values.end(),
                    [](Real x) { return x == 0 || x == 1; }));
  const Tensor share = column_means(draws), expected = column_means(all_means);
  for (std::size_t k = 0; k < 64; ++k) CHECK(std::abs(double(share[k] - expected[k])) < 0.11);

  const Result written = strata("sample " + model + " --count 10 --save " + strata.file("s.png"));
  CHECK(written.status == 0);
  CHECK(written.out == "wrote " + strata.file("s.png") + " (10 pictures of 8×8)\n");
  const std::size_t factor = 640 / (4 * 9 + 1);  // tiles of a few pixels would hardly be seen
  CHECK(size_of_png(strata.file("s.png")) ==
        std::pair<std::size_t, std::size_t>{factor * (4 * 9 + 1), factor * (3 * 9 + 1)});
  CHECK(strata("sample " + model + " --count 3 --save " + strata.file("s.csv")).status == 0);
  CHECK(text(read_csv(strata.file("s.csv")).X.shape) == "3×64");
  CHECK(strata("sample " + model + " --count 2").out.starts_with("x0,x1,"));
}

TEST_CASE("interpolate: from one reconstruction to the other, the pictures in one row") {
  const Program strata;
  const std::string model =
      trained(strata, "v", "variational --epochs 3 --rows 0:400") + "/model.safetensors";
  const auto path = [&](const std::string& more) {
    const Result result =
        strata("interpolate " + model + " --save " + strata.file("p.npy") + " " + more);
    CAPTURE(result.err);
    REQUIRE(result.status == 0);
    return read_npy(strata.file("p.npy"));
  };
  SavedModel saved = load_model(model);
  const Tensor R = saved.model->reconstruct(digits8x8().X);
  const Tensor way = path("--from 7 --to 12 --steps 5");
  CHECK(text(way.shape) == "5×64");
  check_close(slice_rows(way, 0, 1), slice_rows(R, 7, 8), by_real(1e-12, 1e-5));
  check_close(slice_rows(way, 4, 5), slice_rows(R, 12, 13), by_real(1e-12, 1e-5));
  CHECK(squared_distance(slice_rows(way, 2, 3), slice_rows(R, 7, 8)) > 1e-4);
  CHECK(path("--from 2 --to 7 --steps 5 --rows 5:20").values == way.values);
  CHECK(path("").rows() == 10);
  CHECK(strata("interpolate " + model + " --steps 6 --save " + strata.file("p.png")).status == 0);
  CHECK(size_of_png(strata.file("p.png")) ==
        std::pair<std::size_t, std::size_t>{11 * (6 * 9 + 1), 11 * (9 + 1)});
}

TEST_CASE("sample and interpolate undo the scaling: new examples are in the data's own units") {
  const Program strata;
  std::string csv = "height,weight\n";
  for (int i = 0; i < 60; ++i) csv += text(150 + i, ",", 40 + 2 * (i % 30), "\n");
  write_file(strata.file("mine.csv"), csv);
  const std::string out =
      trained(strata, "g",
              "variational --decoder gaussian --scale standard --epochs 60 --data " +
                  strata.file("mine.csv"));
  const std::string model = out + "/model.safetensors";
  REQUIRE(strata("sample " + model + " --count 200 --draw --save " + strata.file("s.csv")).status ==
          0);
  const Tensor means = column_means(read_csv(strata.file("s.csv")).X);
  CHECK(std::abs(double(means[0]) - 180) < 8);
  CHECK(std::abs(double(means[1]) - 69) < 8);
  REQUIRE(strata("interpolate " + model + " --data " + strata.file("mine.csv") +
                 " --from 2 --to 57 --save " + strata.file("p.csv"))
              .status == 0);
  const Tensor path = read_csv(strata.file("p.csv")).X;
  CHECK(path(0, 0) < 170);
  CHECK(path(9, 0) > 190);

  const std::string page = read_file(out + "/report.html");
  CHECK(contains(page, "Data and samples"));
  CHECK(!contains(page, "The decoded plane"));
  CHECK(measured(out).at("log_likelihood").as_number() >
        -measured(out).at("negative_elbo").as_number());
}

TEST_CASE("what cannot be sampled or trained is refused in one line that says what is wanted") {
  const Program strata;
  const std::string sparse =
      trained(strata, "s", "sparse --epochs 1 --rows 0:50") + "/model.safetensors";
  const std::string model =
      trained(strata, "v", "variational --epochs 1 --rows 0:50") + "/model.safetensors";
  check_refused(strata, "sample " + sparse, 1, "is of the kind sparse, and only a variational one");
  check_refused(strata, "interpolate " + sparse, 1, "strata train variational");
  check_refused(strata, "sample data.csv", 2, "is data; here the file of a model is wanted");
  check_refused(strata, "sample", 2, "missing MODEL");
  check_refused(strata, "sample " + model + " --count 0", 2, "--count 0");
  check_refused(strata, "sample " + model + " --save s.jpg", 2, ".npy, .csv, .png");
  check_refused(strata, "interpolate " + model + " --steps 1", 2, "--steps 1");
  check_refused(strata, "interpolate " + model + " --to 1797", 2,
                "--to 1797: 'digits' has 1797 examples, counted from 0");
  check_refused(strata, "interpolate " + model + " --rows 0:5 --from 5", 2,
                "5 examples in these --rows");
  check_refused(strata, "interpolate " + model + " --data circle", 1,
                "the model has 64 features but 'circle' has 2");
  check_refused(strata, "train variational --data circle", 1, "--decoder gaussian");
  check_refused(strata, "train variational --data circle", 1, "--scale minmax");
  check_refused(strata, "train variational --deviation 1", 2, "a Bernoulli decoder has none");
  check_refused(strata, "train contractive --deviation 1", 2, "no effect without");
  check_refused(strata, "train contractive --keep 3", 2,
                "--keep: the kind contractive does not take it");
  check_refused(strata, "gradients " + model + " --backprop explicit", 2,
                "the kind variational has no rule by hand");
}

TEST_CASE(
    "gradients of a saved model draw the same noise each time, and say how they were computed") {
  const Program strata;
  for (const std::string kind : {"variational", "contractive --curvature 1"}) {
    const std::string model =
        trained(strata, "m", kind + " --epochs 1 --rows 0:60") + "/model.safetensors";
    const Result first = strata("gradients " + model + " --save " + strata.file("a.safetensors"));
    const Result second = strata("gradients " + model + " --save " + strata.file("b.safetensors"));
    CHECK(first.status == 0);
    CHECK(contains(first.out, "by tape backprop"));
    CHECK(first.out == second.out);
    CHECK(read_file(strata.file("a.safetensors")) == read_file(strata.file("b.safetensors")));
  }
}

TEST_CASE(
    "train contractive with its defaults: three times less norm than its twin at under a tenth "
    "more error") {
  const Program strata;
  const std::string out = trained(strata, "c", "contractive");
  const Json with = measured(out).at("model"), without = measured(out).at("twin");
  const auto ratio = [&](const char* what) {
    return without.at(what).as_number() / with.at(what).as_number();
  };
  CHECK(ratio("contraction") > 3);
  CHECK(ratio("relative_contraction") > 3);
  CHECK(ratio("mean_squared_change_of_jacobian") > 3);
  CHECK(1 / ratio("error") < 1.1);
  CHECK(with.at("singular_values").items().size() == 30);
  const Json results = parse_json(read_file(out + "/results.json"), "results.json");
  check_close(with.at("error").as_number(), results.at("test_error").as_number(), 1e-12);

  // the twin is what training without the penalty gives
  const std::string plain = trained(strata, "p", "contractive --contraction 0");
  CHECK(!measured(plain).has("twin"));
  CHECK(measured(plain).at("model").dump() == without.dump());
  const std::string page = read_file(out + "/report.html");
  for (const char* part : {"Singular values of the Jacobian", "Contraction ratio",
                           "between examples", "without penalty"})
    CHECK(contains(page, part));
}

TEST_CASE(
    "train variational with its defaults: the page's sections, and a test ELBO as good as "
    "PyTorch's") {
  const Program strata;
  const std::string out = trained(strata, "v", "variational");
  CHECK(measured(out).at("negative_elbo").as_number() <
        25);  // PyTorch has 24.45: docs/benchmarks/variational.py
  CHECK(measured(out).at("rows").as_size() == 359);
  const std::string page = read_file(out + "/report.html");
  for (const char* part : {"What it makes", "From one example to another", "The decoded plane",
                           "Mean and sample", "How good a model"})
    CHECK(contains(page, part));
  const std::string wide = read_file(
      trained(strata, "w", "variational --hidden 5 --epochs 2 --rows 0:200") + "/report.html");
  CHECK(contains(wide, "A decoded plane needs a code of two numbers"));
}

TEST_CASE(
    "the pages of both kinds hold for data without pictures, labels or test rows, and for a code "
    "of one "
    "number") {
  const Program strata;
  for (const std::string arguments :
       {"contractive --data circle --output linear --hidden 1 --epochs 2",
        "contractive --rows 0:3 --epochs 1",
        "contractive --layers 64-20-5 --curvature 1 --epochs 1 --rows 0:60 --patience 1",
        "variational --data waves --decoder gaussian --epochs 2",
        "variational --hidden 1 --epochs 1 --rows 0:60", "variational --rows 0:3 --epochs 1"}) {
    CAPTURE(arguments);
    const std::string page = read_file(trained(strata, "any", arguments) + "/report.html");
    CHECK(!contains(page, "nan"));
    CHECK(contains(page, "How well it reconstructs"));
  }
  // Every fifth row, the test rows, lies outside of [0, 1] once scaled by the others
  std::string csv;
  for (int i = 0; i < 50; ++i)
    csv += i % 5 == 4 ? "9,-3\n" : text(0.1 * (i % 7), ",", 0.2 * (i % 3), "\n");
  write_file(strata.file("out.csv"), csv);
  const std::string page =
      read_file(trained(strata, "o",
                        "variational --scale minmax --split fifth --epochs 2 --data " +
                            strata.file("out.csv")) +
                "/report.html");
  CHECK(contains(page, "No row lies within [0, 1]"));
}
