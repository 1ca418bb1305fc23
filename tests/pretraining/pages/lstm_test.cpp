// What the page of `strata train lstm` measures and shows, and what the program says about padding.

#include <doctest/doctest.h>

#include <cmath>

#include "core/data/sequences.hpp"
#include "pretraining/cli/kinds/kinds.hpp"
#include "pretraining/pages/kinds/figures.hpp"
#include "tests/check_close.hpp"
#include "tests/markup.hpp"

using namespace strata;
using namespace strata::testing;
using namespace strata::pages;

namespace {

LstmAutoencoder small_model(std::size_t steps, std::size_t d, bool variable_lengths) {
  Rng rng(1);
  LstmAutoencoderOptions options{.steps = steps, .step_features = d, .units = 4, .code_size = 3};
  options.variable_lengths = variable_lengths;
  return LstmAutoencoder(options, rng);
}

std::string page_of(LstmAutoencoder& model, const Dataset& data) {
  TrainRun run{.kind = "lstm", .point = "", .model = &model, .data = {data, {}}};
  return train_page(run, lstm_figures(run), {});
}

}  // namespace

TEST_CASE("errors by step and by length: by hand, and their sums are the error of all") {
  // lengths 2 and 1, steps of 2 features
  const Tensor X = Tensor::matrix({{1, 2, 3, 4}, {5, 6, 0, 0}});
  const Tensor R = Tensor::matrix({{1, 0, 3, 5}, {2, 6, 0, 0}});
  const std::vector<std::size_t> lengths = sequence_lengths(X, 2);
  const std::vector<double> steps = error_of_steps(X, R, lengths, 2);
  REQUIRE(steps.size() == 2);
  check_close(steps[0], (4 + 9) / 2.0, 1e-12);  // both sequences have step 1
  check_close(steps[1], 1, 1e-12);              // one has step 2
  const std::vector<ErrorOfLength> by_length = error_of_lengths(X, R, lengths, 2);
  REQUIRE(by_length.size() == 2);
  CHECK(by_length[0].length == 1);
  check_close(by_length[0].error_per_step, 9, 1e-12);
  CHECK(by_length[1].sequences == 1);
  check_close(by_length[1].error_per_step, 5 / 2.0, 1e-12);
  CHECK(std::isnan(error_of_steps(X, R, {1, 1}, 2)[1]));

  Rng rng(2);
  const Sequences s = waves(40, 3, 9, 0.1, rng);
  LstmAutoencoder model = small_model(9, 1, true);
  const Tensor back = model.reconstruct(s.data.X);
  double of_lengths = 0, of_steps = 0;
  for (const ErrorOfLength& one : error_of_lengths(s.data.X, back, s.lengths, 1))
    of_lengths += one.error_per_step * double(one.length * one.sequences);
  const std::vector<double> errors = error_of_steps(s.data.X, back, s.lengths, 1);
  for (std::size_t t = 0; t < 9; ++t) {
    for (const std::size_t length : s.lengths) of_steps += t < length ? errors[t] : 0;
  }
  const double all = 40 * squared_error_per_example(s.data.X, back);
  check_close(of_lengths, all, by_real(1e-12, 1e-5));
  check_close(of_steps, all, by_real(1e-12, 1e-5));
}

TEST_CASE(
    "rows that end in zeros are remarked upon, but not where lengths vary or pictures are black "
    "below") {
  Rng rng(2);
  Sequences s = waves(40, 9, 9, 0.1, rng);
  const LstmAutoencoder fixed = small_model(9, 1, false), varying = small_model(9, 1, true);
  CHECK(cli::padding_remark(fixed, s.data, {}).empty());
  s.data.X(3, 8) = s.data.X(5, 8) = 0;
  CHECK(cli::padding_remark(fixed, s.data, {}) ==
        "2 of 40 sequences end in zeros: if those are padding, add --variable-lengths");
  CHECK(cli::padding_remark(varying, s.data, {}).empty());
  s.data.image = {3, 3};
  CHECK(cli::padding_remark(fixed, s.data, {}).empty());
  const Scaling moved{Tensor({9}, Real(0.5)), Tensor({9}, Real(1))};
  CHECK(error_of([&] {
          cli::padding_remark(varying, s.data, moved);
        }).find("would move the zeros") != std::string::npos);
}

TEST_CASE(
    "the page holds for curves, for steps of several features, for a single row, without labels") {
  Rng rng(3);
  Sequences s = waves(30, 3, 9, 0.1, rng);
  LstmAutoencoder model = small_model(9, 1, true);
  const std::string page = page_of(model, s.data);
  CHECK(page.find("Error against length") != std::string::npos);
  CHECK(page.find("The codes on a plane") != std::string::npos);
  CHECK(page.find("label 2") != std::string::npos);

  LstmAutoencoder wide = small_model(3, 3, false);
  s.data.labels.clear();
  const std::string unlabelled = page_of(wide, s.data);
  CHECK(unlabelled.find("first feature") != std::string::npos);
  CHECK(unlabelled.find("Error against length") == std::string::npos);
  CHECK(unlabelled.find(", label") == std::string::npos);
  s.data.image = {3, 3};
  CHECK(page_of(wide, s.data).find("read from the top") != std::string::npos);
  const std::string one_row = page_of(wide, rows(s.data, 0, 2));
  CHECK(one_row.find("The codes on a plane") == std::string::npos);
  s.data.image = {};
  s.data.X.fill(0);  // sequences of no length at all
  CHECK(page_of(model, s.data).find("nan") == std::string::npos);
}
