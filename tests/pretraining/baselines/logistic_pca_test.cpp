// pretraining/baselines/logistic_pca.hpp. The oracle is reference/make_logistic_pca_reference.py:
// PyTorch's L-BFGS on the same objective.

#include "pretraining/baselines/logistic_pca.hpp"

#include <cmath>
#include <limits>

#include "core/data/digits8x8.hpp"
#include "core/math/matmul.hpp"
#include "pretraining/baselines/logistic_rows.hpp"
#include "pretraining/runs/pretrain.hpp"
#include "tests/check_close.hpp"
#include "tests/reference.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

const Json& oracle() {
  static const std::string path = "tests/reference/logistic_pca_reference.json";
  static const Json values = parse_json(read_file(path), path);
  return values;
}

std::vector<double> numbers(const Json& list) {
  std::vector<double> out;
  for (const Json& entry : list.items()) out.push_back(entry.as_number());
  return out;
}

Tensor digit_rows(std::size_t begin, std::size_t end) {
  return slice_rows(digits8x8().X, begin, end);
}

LogisticPcaOptions to_the_end(double ridge = 0.01) {
  LogisticPcaOptions options;
  options.ridge = ridge;
  options.tolerance = by_real(1e-13, 1e-7);
  options.most_iterations = 1000;
  return options;
}

// (f(x + h) − f(x − h)) / 2h.
template <class F>
double slope(Real& x, double h, const F& f) {
  const Real at = x;
  x = Real(at + h);
  const double above = f();
  x = Real(at - h);
  const double below = f();
  x = at;
  return (above - below) / (2 * h);
}

}  // namespace

TEST_CASE("logistic pca: 200 digits reach the optimum that L-BFGS finds") {
  const Json& expected = oracle();
  const Tensor X = digit_rows(0, expected.at("rows").as_size());
  const LogisticPcaFit fit = fit_logistic_pca(X, 2, to_the_end(expected.at("ridge").as_number()));
  CHECK(fit.converged);
  check_close(fit.objectives.back(), expected.at("objective").as_number(), by_real(1e-9, 1e-5));
  check_close(logistic_pca_objective(fit.model, X, fit.codes), fit.objectives.back(),
              by_real(1e-12, 1e-5));

  const std::vector<double> singular = numbers(expected.at("singular_values"));
  const Tensor square = matmul_at(fit.model.directions, fit.model.directions);
  for (std::size_t a = 0; a < 2; ++a) check_close(square(a, a), singular[a], by_real(1e-4, 1e-2));
  const std::vector<double> offsets = numbers(expected.at("offsets"));
  for (std::size_t j = 0; j < 64; ++j)
    check_close(fit.model.offsets[j], offsets[j], by_real(1e-4, 1e-2), by_real(1e-4, 2e-2));

  const Tensor unseen = digit_rows(200, 205);
  const Tensor reconstructed = fit.model.inverse_transform(fit.model.transform(unseen));
  for (std::size_t i = 0; i < 5; ++i) {
    const std::vector<double> row = numbers(expected.at("unseen_reconstructions").items()[i]);
    for (std::size_t j = 0; j < 64; ++j)
      check_close(reconstructed(i, j), row[j], 0, by_real(1e-4, 1e-2));
  }
}

TEST_CASE(
    "logistic pca: no unknown of the fit can be moved to a lower objective, and it never rose") {
  const Tensor X = digit_rows(100, 160);
  LogisticPcaFit fit = fit_logistic_pca(X, 3, to_the_end());
  for (std::size_t i = 1; i < fit.objectives.size(); ++i)
    CHECK(fit.objectives[i] <= fit.objectives[i - 1] * (1 + by_real(1e-14, 1e-6)));
  const auto objective = [&] { return logistic_pca_objective(fit.model, X, fit.codes); };
  const double h = by_real(1e-5, 3e-2), flat = by_real(2e-6, 5e-3);
  for (std::size_t i = 0; i < 64 * 3; i += 7)
    check_close(slope(fit.model.directions[i], h, objective), 0, 0, flat);
  for (std::size_t j = 0; j < 64; j += 3)
    check_close(slope(fit.model.offsets[j], h, objective), 0, 0, flat);
  for (std::size_t i = 0; i < 60 * 3; i += 7)
    check_close(slope(fit.codes[i], h, objective), 0, 0, flat);
  fit.model.directions[27] += Real(0.1);  // and away from it the slope is seen
  CHECK(slope(fit.model.directions[27], h, objective) > 3 * flat);
}

TEST_CASE(
    "logistic pca: the codes of further examples are optimal, and those of the training examples "
    "are found again") {
  const Tensor X = digit_rows(0, 80), further = digit_rows(900, 910);
  const LogisticPcaFit fit = fit_logistic_pca(X, 2, to_the_end());
  check_close(fit.model.transform(X), fit.codes, 0, by_real(1e-4, 3e-2));
  Tensor codes = fit.model.transform(further);
  const Tensor origin({10, 2});
  const LogisticRows rows{further, fit.model.directions, fit.model.offsets, origin,
                          fit.model.ridge};
  for (std::size_t i = 0; i < 10; ++i) {
    for (std::size_t a = 0; a < 2; ++a) {
      const auto f = [&] { return row_objectives(rows, codes)[i]; };
      check_close(slope(codes(i, a), by_real(1e-5, 3e-2), f), 0, 0, by_real(1e-6, 2e-2));
    }
  }
  // Its first example is at its optimum, 0, from the start
  Tensor with_resting = slice_rows(further, 0, 5);
  for (std::size_t j = 0; j < 64; ++j)
    with_resting(0, j) = fit.model.inverse_transform(origin)(0, j);
  const Tensor among = fit.model.transform(with_resting);
  for (std::size_t i = 1; i < 5; ++i) {
    for (std::size_t a = 0; a < 2; ++a)
      check_close(among(i, a), codes(i, a), 0, by_real(1e-6, 3e-2));
  }
  CHECK(fit.model.transform(Tensor({0, 64})).shape == Shape({0, 2}));
}

TEST_CASE(
    "logistic pca: the axes are settled: UᵀU/m = VᵀV, diagonal and descending, the largest entry "
    "positive") {
  const Tensor X = digit_rows(0, 150);
  LogisticPcaOptions options;
  options.most_iterations = 5;
  const LogisticPcaFit fit = fit_logistic_pca(X, 4, options);
  CHECK(fit.iterations() == 5);
  const Tensor of_directions = matmul_at(fit.model.directions, fit.model.directions);
  Tensor of_codes = matmul_at(fit.codes, fit.codes);
  for (Real& entry : of_codes.values) entry /= 150;
  check_close(of_codes, of_directions, 0, by_real(1e-10, 1e-3));
  for (std::size_t a = 0; a < 4; ++a) {
    for (std::size_t b = 0; b < a; ++b)
      check_close(of_directions(a, b), 0, 0, by_real(1e-10, 1e-3));
    if (a > 0) CHECK(of_directions(a, a) <= of_directions(a - 1, a - 1));
    Real low = 0, high = 0;
    for (std::size_t j = 0; j < 64; ++j) {
      low = std::min(low, fit.model.directions(j, a));
      high = std::max(high, fit.model.directions(j, a));
    }
    CHECK(high >= -low * by_real(1 - 1e-9, 1 - 1e-4));
  }
}

TEST_CASE("logistic pca: the number of threads does not change a bit") {
  const Tensor X = digit_rows(0, 200);
  LogisticPcaOptions options;
  options.most_iterations = 3;
  const LogisticPcaFit alone = fit_logistic_pca(X, 5, options);
  const Tensor codes = alone.model.transform(X);
  for (std::size_t threads : {2, 3}) {
    Workers workers(threads);
    const LogisticPcaFit together = fit_logistic_pca(X, 5, options, &workers);
    CHECK(together.model.directions.values == alone.model.directions.values);
    CHECK(together.model.offsets.values == alone.model.offsets.values);
    CHECK(together.objectives == alone.objectives);
    CHECK(together.model.transform(X, &workers).values == codes.values);
  }
}

TEST_CASE(
    "logistic pca: features that never change stay finite, at the log-odds of half an example") {
  Tensor X = digit_rows(0, 40);
  for (std::size_t i = 0; i < 40; ++i) X(i, 1) = 0, X(i, 2) = 1;
  const LogisticPcaFit fit = fit_logistic_pca(X, 2);
  CHECK(all_finite(fit.codes));
  CHECK(fit.model.offsets[1] < -4);
  CHECK(fit.model.offsets[2] > 4);
  const Tensor reconstructed = fit.model.inverse_transform(fit.codes);
  for (std::size_t i = 0; i < 40; ++i) {
    CHECK(reconstructed(i, 1) < Real(0.05));
    CHECK(reconstructed(i, 2) > Real(0.95));
  }
  const LogisticPcaFit constant = fit_logistic_pca(Tensor({4, 3}, 1), 2);
  CHECK(all_finite(constant.codes));
  CHECK(all_finite(constant.model.directions));
}

TEST_CASE("logistic pca: wrong calls say what is wrong") {
  const Tensor X = digit_rows(0, 10);
  CHECK(error_of([&] { fit_logistic_pca(X, 65); }) ==
        "fit_logistic_pca: k is 65 but X is 10×64 (k must be 1 to 64, the number of features)");
  CHECK(error_of([&] { fit_logistic_pca(X, 0); }).starts_with("fit_logistic_pca: k is 0 "));
  CHECK(error_of([] {
          fit_logistic_pca(Tensor({0, 3}), 1);
        }) == "fit_logistic_pca: X is 0×3 (it must be a matrix of 2 examples or more)");
  Tensor outside = X;
  outside(7, 12) = Real(1.5);
  CHECK(error_of([&] { fit_logistic_pca(outside, 2); }) ==
        "fit_logistic_pca: row 7, column 12 of X is 1.5 (logistic PCA needs every entry in [0, 1]: "
        "scale the data)");
  CHECK_FALSE(suits_logistic_pca(outside));
  outside(7, 12) = std::numeric_limits<Real>::quiet_NaN();
  CHECK(error_of([&] { fit_logistic_pca(outside, 2); }).find("row 7, column 12 of X is nan") !=
        std::string::npos);
  CHECK(suits_logistic_pca(X));
  LogisticPcaOptions none;
  none.ridge = 0;
  CHECK(error_of([&] {
          fit_logistic_pca(X, 2, none);
        }).starts_with("fit_logistic_pca: ridge is 0 (it must be above 0"));
  const LogisticPcaFit fit = fit_logistic_pca(X, 2);
  CHECK(error_of([&] {
          fit.model.transform(Tensor({5, 4}));
        }) == "LogisticPca::transform: X is 5×4 but this model has 64 features (X must be m×64)");
  CHECK(error_of([&] {
          fit.model.transform(outside);
        }).starts_with("LogisticPca::transform: row 7, column 12 "));
  CHECK(error_of([&] {
          fit.model.inverse_transform(Tensor({5, 3}));
        }) ==
        "LogisticPca::inverse_transform: codes is 5×3 but this model has codes of 2 (codes must be "
        "m×2)");
}

TEST_CASE(
    "logistic pca in the comparison: a method after pca, left out where the data is not in [0, "
    "1]") {
  TrainTest data = split_every(rows(digits8x8(), 0, 100));
  PretrainOptions options;
  options.sizes = {64, 4, 2};
  options.pretrain_epochs = options.fine_tuning.epochs = 1;
  const PretrainResults with = run_pretrain(data, options);
  REQUIRE(with.methods.size() == 6);
  const MethodResult& method = with.methods[1];
  CHECK(method.name == "logistic_pca");
  CHECK(method.iterations > 1);
  REQUIRE(with.logistic_pca);
  const Tensor reconstructed =
      with.logistic_pca->inverse_transform(with.logistic_pca->transform(data.test.X));
  check_close(method.test_error, squared_error_per_example(data.test.X, reconstructed), 1e-12);
  CHECK(method.train_error < with.method("pca").train_error);
  REQUIRE(method.neighbour_accuracy);
  CHECK(*method.neighbour_accuracy > 0.3);
  CHECK(objection_to_logistic_pca(data, 100).empty());
  CHECK(objection_to_logistic_pca(data, 101) ==
        "its time grows with the square of the code, and 101 numbers are more than 100");
  const Json json = pretrain_results_json(with, {"1", 1});
  CHECK(json.at("methods").items()[1].at("iterations").as_size() == method.iterations);
  CHECK(json.at("methods").items()[5].at("neighbour_accuracy").as_number() ==
        *with.method("greedy_finetuned").neighbour_accuracy);
  CHECK(json.at("neighbours").as_size() == 5);
  CHECK(json.at("neighbour_rows").as_size() == 80);

  options.output = Activation::linear;
  options.loss = Loss::half_mse;
  data.test.X(3, 5) = Real(-0.1);  // one number of the test rows is enough
  data.test.labels.clear();
  const PretrainResults without = run_pretrain(data, options);
  CHECK(without.methods.size() == 5);
  CHECK_FALSE(without.logistic_pca);
  CHECK(without.no_logistic_pca == "it needs data in [0, 1]");
  CHECK_FALSE(without.methods[0].neighbour_accuracy);
  CHECK(error_of([&] { pretrain_results_json(without, {"1", 1}).at("neighbours"); }) != "");
}

TEST_CASE("logistic pca: codes that PCA leaves at 0 do not keep it at the saddle") {
  // The optimum by L-BFGS from 50 random starts; with codes and directions at 0 L is 0.1128
  const LogisticPcaFit fit = fit_logistic_pca(Tensor({6, 4}), 2, {.ridge = 0.01});
  CHECK(fit.converged);
  check_close(fit.objectives.back(), 0.0696, 1e-3);
}
