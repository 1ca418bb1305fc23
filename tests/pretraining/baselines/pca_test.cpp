// pretraining/baselines/pca.hpp. Literal values are from reference/make_linalg_reference.py (the
// small matrix) and from reference/reference.json, "pca_digits".

#include "pretraining/baselines/pca.hpp"

#include <cmath>
#include <limits>
#include <numeric>

#include "core/data/dataset.hpp"
#include "core/data/digits8x8.hpp"
#include "core/math/matmul.hpp"
#include "core/random/rng.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

Tensor small_matrix() {
  return Tensor::matrix({{1, 2, 0}, {3, 1, 4}, {0, 1, 1}, {2, 5, 3}, {4, 4, 2}, {1, 0, 5}});
}

Tensor rounded(const Shape& shape, const std::vector<double>& values) {
  return Tensor(shape, std::vector<Real>(values.begin(), values.end()));
}

// More rows than two blocks of the covariance, features of unlike variance that hang together.
Tensor many_rows(std::size_t features) {
  Rng rng(11);
  const Tensor mix = normal_tensor({features, features}, rng);
  Tensor X = matmul(normal_tensor({601, features}, rng), mix);
  for (std::size_t i = 0; i < X.size(); ++i) X[i] += Real(i % features);
  return X;
}

}  // namespace

TEST_CASE("pca: a 6×3 matrix has scikit-learn's components, codes and reconstruction") {
  const Tensor X = small_matrix();
  const Pca pca = fit_pca(X, 2);
  const double tolerance = by_real(1e-14, 2e-6);
  CHECK(pca.features() == 3);
  CHECK(pca.code_size() == 2);
  check_close(pca.mean, rounded({3}, {1.8333333333333333, 2.1666666666666665, 2.5}), 0, tolerance);
  REQUIRE(pca.variances.size() == 3);
  check_close(pca.variances[0], 3.993213263548799, by_real(1e-14, 1e-6));
  check_close(pca.variances[1], 3.1282018984363202, by_real(1e-14, 1e-6));
  check_close(pca.variances[2], 0.7396959491259915, by_real(1e-14, 1e-6));
  check_close(pca.components,
              rounded({3, 2}, {0.3562709518096502, 0.5228271762276806, 0.8461211762120437,
                               0.17110906737046683, -0.396421447530521, 0.8350888760254199}),
              0, tolerance);
  const Tensor codes = rounded({6, 2}, {0.5531409629495869, -2.5519296814816945,   //
                                        -1.1661240997652405, 1.6629711077048792,   //
                                        -1.0456726126026283, -2.4107770490544222,  //
                                        2.2585111008038052, 0.9894913249336461,    //
                                        2.521353275741583, 1.0289477339931206,     //
                                        -3.1212086271271056, 1.281296563904471});
  check_close(pca.transform(X), codes, 0, tolerance);
  const Tensor reconstruction =
      rounded({6, 3}, {0.6961832013876101, 2.1980326410552884, 0.1496349693746426,  //
                       2.28732367877136, 1.4645338070675047, 4.351005276825178,     //
                       0.2003707992884871, 0.8693951132567816, 0.9013139544882196,  //
                       3.1553081882062104, 4.246951673547304, 2.430990958531347,    //
                       3.26958010297966, 4.476099353119742, 2.359744291363919,      //
                       1.3912340293666725, -0.2550125880466205, 4.807310549416695});
  check_close(pca.inverse_transform(codes), reconstruction, 0, tolerance);
  check_close(pca.reconstruct(X), reconstruction, 0, tolerance);
  const double total = 3.993213263548799 + 3.1282018984363202 + 0.7396959491259915;
  check_close(pca.explained_variance_ratio(0), 0, 0);
  check_close(pca.explained_variance_ratio(1), 3.993213263548799 / total, by_real(1e-14, 1e-6));
  check_close(pca.explained_variance_ratio(2), (3.993213263548799 + 3.1282018984363202) / total,
              by_real(1e-14, 1e-6));
  check_close(pca.explained_variance_ratio(3), 1, 1e-15);
}

TEST_CASE("pca: the 8×8 digits give the reference's eigenvalues and squared errors") {
  const TrainTest digits = split_every(digits8x8());  // test: index % 5 == 4
  const Tensor &train = digits.train.X, &test = digits.test.X;
  const double relative = by_real(1e-9, 1e-4);

  struct Case {
    std::size_t k;
    double train_error, test_error;
  };
  for (const Case& expected : {Case{1, 4.031663660326115, 3.8756377033011056},
                               Case{2, 3.3789070952174636, 3.275616700489793},
                               Case{8, 1.5262753489062828, 1.56202165077714},
                               Case{30, 0.1942242702041117, 0.18984053725219893}}) {
    const Pca pca = fit_pca(train, expected.k);
    check_close(squared_error_per_example(train, pca.reconstruct(train)), expected.train_error,
                relative);
    check_close(squared_error_per_example(test, pca.reconstruct(test)), expected.test_error,
                relative);
  }
  const Pca pca = fit_pca(train, 1);
  const std::vector<double> eigenvalues = {
      0.6926924428784792,  0.652756565108651,   0.5680769022764601,  0.4045253780133481,
      0.27619156106171733, 0.23137128449377684, 0.20633215176574185, 0.16613446870013648,
      0.1517969962689823,  0.14443687515387943, 0.11062005772187343, 0.1081472764938575};
  for (std::size_t j = 0; j < eigenvalues.size(); ++j)
    check_close(pca.variances[j], eigenvalues[j], relative);
  check_close(std::accumulate(pca.variances.begin(), pca.variances.end(), 0.0), 4.724356103204593,
              relative);
  CHECK(pca.variances[63] >=
        0);  // some pixels are always white: rounding must not make their variance negative
}

TEST_CASE(
    "pca: the training error is the sum of the variances left out, over several blocks of rows") {
  const Tensor X = many_rows(10);
  double left_out = 0;
  for (std::size_t k = 10; k >= 1; --k) {
    const Pca pca = fit_pca(X, k);
    check_close(squared_error_per_example(X, pca.reconstruct(X)), left_out, by_real(1e-12, 2e-5),
                by_real(1e-25, 1e-9));
    left_out += pca.variances[k - 1];
  }
}

TEST_CASE("pca: whitened codes have covariance I on the training set") {
  const Tensor X = many_rows(10);
  const Pca pca = fit_pca(X, 6);
  const Tensor codes = pca.whiten(X);
  check_close(column_means(codes), Tensor({6}), 0, by_real(1e-12, 1e-5));
  Tensor moments = matmul_at(codes, codes);
  for (Real& entry : moments.values) entry /= 601;
  Tensor unit({6, 6});
  for (std::size_t j = 0; j < 6; ++j) unit(j, j) = 1;
  check_close(moments, unit, 0, by_real(1e-12, 1e-5));

  const Tensor damped = pca.whiten(X, 2.5);
  for (std::size_t j = 0; j < 6; ++j) {
    check_close(damped(7, j), codes(7, j) * std::sqrt(pca.variances[j] / (pca.variances[j] + 2.5)),
                by_real(1e-12, 1e-5));
  }
}

TEST_CASE("pca: the number of threads does not change a bit") {
  const Tensor X = many_rows(110);  // wide enough for the matrix product to use them
  const Pca alone = fit_pca(X, 3);
  for (std::size_t threads : {1, 2, 3}) {
    Workers workers(threads);
    const Pca together = fit_pca(X, 3, &workers);
    CHECK(together.components.values == alone.components.values);
    CHECK(together.variances == alone.variances);
  }
}

TEST_CASE("pca: a mean far from 0 costs no digits of the variance") {
  Tensor X = small_matrix();
  const double far = by_real(1e6, 1e4);
  for (Real& x : X.values) x += Real(far);
  const Pca pca = fit_pca(X, 2);
  check_close(pca.variances[0], 3.993213263548799, by_real(1e-9, 1e-4));
  check_close(pca.variances[2], 0.7396959491259915, by_real(1e-9, 1e-4));
}

TEST_CASE("pca: data without variance") {
  const Pca pca = fit_pca(Tensor({4, 3}, 2), 2);
  CHECK(pca.variances == std::vector<double>{0, 0, 0});
  CHECK(pca.explained_variance_ratio(1) == 1);
  check_close(pca.reconstruct(Tensor({4, 3}, 2)), Tensor({4, 3}, 2), 0);
  CHECK(error_of([&] {
          pca.whiten(Tensor({4, 3}, 2));
        }) ==
        "Pca::whiten: component 0 has variance 0 (keep fewer components, or give an epsilon above "
        "0)");
  check_close(pca.whiten(Tensor({4, 3}, 2), 0.1), Tensor({4, 2}), 0);
}

TEST_CASE(
    "pca: variance that is only rounding is never negative, and is not whitened without an "
    "epsilon") {
  Rng rng(12);
  const Tensor X =
      // 20 features, but 3 directions
      matmul(normal_tensor({300, 3}, rng), normal_tensor({3, 20}, rng));
  const Pca pca = fit_pca(X, 4);
  for (double variance : pca.variances) CHECK(variance >= 0);
  CHECK(pca.variances[3] < by_real(1e-13, 1e-4) * pca.variances[0]);
  CHECK(error_of([&] { fit_pca(X, 3).whiten(X); }).empty());
  CHECK(error_of([&] { pca.whiten(X); }).starts_with("Pca::whiten: component 3 has variance "));
  CHECK(error_of([&] { pca.whiten(X, 1e-3); }).empty());
}

TEST_CASE("pca: wrong calls say what is wrong") {
  const Tensor X = small_matrix();
  CHECK(error_of([&] { fit_pca(X, 0); }) ==
        "fit_pca: k is 0 but X is 6×3 (k must be 1 to 3, the number of features)");
  CHECK(error_of([&] { fit_pca(X, 4); }) ==
        "fit_pca: k is 4 but X is 6×3 (k must be 1 to 3, the number of features)");
  CHECK(error_of([&] { fit_pca(slice_rows(X, 0, 1), 1); }) ==
        "fit_pca: X is 1×3 (a variance needs 2 examples or more)");
  CHECK(error_of([] { fit_pca(Tensor({3}), 1); }) ==
        "fit_pca: X is 3, not a matrix of examples × features");
  Tensor broken = X;
  broken(4, 1) = std::numeric_limits<Real>::quiet_NaN();
  CHECK(error_of([&] { fit_pca(broken, 1); }) ==
        "fit_pca: feature 1 of example 4 is nan (every entry must be a finite number)");

  const Pca pca = fit_pca(X, 2);
  CHECK(error_of([&] {
          pca.transform(Tensor({5, 4}));
        }) ==
        "Pca::transform: X is 5×4 but this PCA has 3 features and codes of 2 (X must be m×3)");
  CHECK(error_of([&] {
          pca.inverse_transform(Tensor({5, 3}));
        }) ==
        "Pca::inverse_transform: codes is 5×3 but this PCA has 3 features and codes of 2 (codes "
        "must be m×2)");
  CHECK(error_of([&] {
          pca.reconstruct(Tensor({5, 2}));
        }).starts_with("Pca::reconstruct: X is 5×2 "));
  CHECK(error_of([&] { pca.whiten(Tensor({5, 2})); }).starts_with("Pca::whiten: X is 5×2 "));
  CHECK(error_of([&] { pca.whiten(X, -1); }) ==
        "Pca::whiten: epsilon is -1 (it must be 0 or more)");
  CHECK(error_of([&] { pca.explained_variance_ratio(4); }) ==
        "Pca::explained_variance_ratio: 4 components of 3");
  CHECK(pca.transform(Tensor({0, 3})).shape == Shape({0, 2}));  // no examples is no error
}
