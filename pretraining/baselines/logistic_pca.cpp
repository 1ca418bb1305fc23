#include "pretraining/baselines/logistic_pca.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/linalg/eigen.hpp"
#include "core/math/matmul.hpp"
#include "core/math/vector_math.hpp"
#include "core/random/rng.hpp"
#include "pretraining/baselines/logistic_rows.hpp"
#include "pretraining/baselines/pca.hpp"

namespace strata {
namespace {

bool is_probability(Real x) {
  return x >= 0 && x <= 1;  // not NaN either
}

void check_probabilities(const char* operation, const Tensor& X) {
  const auto bad = std::find_if_not(X.values.begin(), X.values.end(), is_probability);
  if (bad == X.values.end()) return;
  const std::size_t i = std::size_t(bad - X.values.begin());
  throw Error(text(operation, ": row ", i / X.cols(), ", column ", i % X.cols(), " of X is ", *bad,
                   " (logistic PCA needs every entry in [0, 1]: scale the data)"));
}

void check_fit(const Tensor& X, std::size_t k, const LogisticPcaOptions& o) {
  check(X.rank() == 2 && X.rows() >= 2, "fit_logistic_pca: X is ", X.shape,
        " (it must be a matrix of 2 examples or more)");
  check(k >= 1 && k <= X.cols(), "fit_logistic_pca: k is ", k, " but X is ", X.shape,
        " (k must be 1 to ", X.cols(), ", the number of features)");
  check(o.ridge > 0 && std::isfinite(o.ridge), "fit_logistic_pca: ridge is ", o.ridge,
        " (it must be above 0: without it some logits grow without end)");
  check(o.tolerance >= 0, "fit_logistic_pca: tolerance is ", o.tolerance,
        " (it must be 0 or more)");
  check(o.most_iterations >= 1, "fit_logistic_pca: most_iterations is 0 (it must be 1 or more)");
  check_probabilities("fit_logistic_pca", X);
}

// μ⁰: the log-odds of each feature's mean, half an example added on either side, so that none is
// infinite.
Tensor resting_offsets(const Tensor& X) {
  const double m = double(X.rows());
  const Tensor mean = column_means(X);
  Tensor offsets(mean.shape);
  for (std::size_t j = 0; j < mean.size(); ++j) {
    const double ones = m * double(mean[j]), zeros = m - ones;
    offsets[j] = Real(std::log((ones + 0.5) / (zeros + 0.5)));
  }
  return offsets;
}

double squared_length(const Tensor& A) {
  return std::accumulate(A.values.begin(), A.values.end(), 0.0,
                         [](double sum, Real a) { return sum + double(a) * double(a); });
}

// The part of L that is not cross-entropy.
double penalty(const LogisticPca& model, const Tensor& resting, const Tensor& codes) {
  return model.ridge / 2 *
         (squared_length(codes) / double(codes.rows()) + squared_length(model.directions) +
          squared_distance(model.offsets, resting));
}

// A beside the column b: (n×k), (n) → n×(k+1).
Tensor with_column(const Tensor& A, const Tensor& b) {
  Tensor out({A.rows(), A.cols() + 1});
  for (std::size_t i = 0; i < A.rows(); ++i) {
    std::copy(A.row(i), A.row(i) + A.cols(), out.row(i));
    out(i, A.cols()) = b[i];
  }
  return out;
}

// One Newton step of every feature's (v_j, μ_j). To them the codes, and a 1 for μ, are the fixed
// factor, and an example's (λ/2m) of the ridge counts m times.
void step_directions(const Tensor& Xt, const Tensor& resting, const Tensor& codes,
                     LogisticPca& model, Workers* workers) {
  const std::size_t m = codes.rows(), k = codes.cols();
  const Tensor factor = with_column(codes, Tensor({m}, 1));
  const Tensor centre = with_column(Tensor({Xt.rows(), k}), resting);
  Tensor rows = with_column(model.directions, model.offsets);
  newton_step({Xt, factor, Tensor({m}), centre, model.ridge * double(m)}, rows, workers);
  for (std::size_t j = 0; j < Xt.rows(); ++j) {
    std::copy(rows.row(j), rows.row(j) + k, model.directions.row(j));
    model.offsets[j] = rows(j, k);
  }
}

// AᵀA, summed in double.
DoubleMatrix gram(const Tensor& A) {
  DoubleMatrix sum(A.cols(), A.cols());
  std::vector<double> row(A.cols());
  for (std::size_t i = 0; i < A.rows(); ++i) {
    std::copy(A.row(i), A.row(i) + A.cols(), row.begin());
    for (std::size_t a = 0; a < A.cols(); ++a)
      add_scaled_row(row[a], row.data(), sum.row(a), A.cols());
  }
  return sum;
}

// The axes of the code. U Vᵀ stays as it is when U becomes U T and V becomes V T⁻ᵀ; of all T the
// ridge prefers the one that makes UᵀU/m and VᵀV the same diagonal matrix S. With UᵀU/m = FᵀF and F
// VᵀV Fᵀ = Qᵀ S² Q it is T = F⁻¹ Qᵀ √S.
void balance(LogisticPca& model, Tensor& codes) {
  const std::size_t k = codes.cols();
  DoubleMatrix of_codes = gram(codes);
  for (double& entry : of_codes.values) entry /= double(codes.rows());
  const SymmetricEigenRows eigen = symmetric_eigen_rows(of_codes);
  // Relative to the largest: rounding
  const double nothing = double(std::numeric_limits<Real>::epsilon());
  DoubleMatrix F(k, k), F_inverse(k, k);
  for (std::size_t a = 0; a < k; ++a) {
    if (eigen.values[a] <= nothing * eigen.values[0]) continue;
    const double root = std::sqrt(eigen.values[a]);
    for (std::size_t b = 0; b < k; ++b) {
      F(a, b) = root * eigen.vectors(a, b);
      F_inverse(b, a) = eigen.vectors(a, b) / root;
    }
  }
  DoubleMatrix both = product(product(F, gram(model.directions)), transposed(F));
  for (std::size_t a = 0; a < k; ++a) {
    for (std::size_t b = 0; b < a; ++b) both(a, b) = both(b, a);  // equal but for rounding
  }
  const SymmetricEigenRows axes = symmetric_eigen_rows(both);
  DoubleMatrix T = product(F_inverse, transposed(axes.vectors));
  DoubleMatrix T_inverse_transposed = product(transposed(F), transposed(axes.vectors));
  for (std::size_t b = 0; b < k; ++b) {
    const bool is_nothing = axes.values[b] <= nothing * nothing * axes.values[0];
    const double root = is_nothing ? 0 : std::pow(axes.values[b], 0.25);  // √S
    for (std::size_t a = 0; a < k; ++a) {
      T(a, b) *= root;
      T_inverse_transposed(a, b) *= is_nothing ? 0 : 1 / root;
    }
  }
  codes = matmul(codes, to_tensor(T));
  model.directions = matmul(model.directions, to_tensor(T_inverse_transposed));
}

// Each direction's entry of largest magnitude is positive.
void settle_signs(LogisticPca& model, Tensor& codes) {
  for (std::size_t a = 0; a < codes.cols(); ++a) {
    std::vector<double> column;
    for (std::size_t j = 0; j < model.features(); ++j)
      column.push_back(double(model.directions(j, a)));
    const Real sign = Real(sign_of_largest(column.data(), column.size()));
    for (std::size_t j = 0; j < model.features(); ++j) model.directions(j, a) *= sign;
    for (std::size_t i = 0; i < codes.rows(); ++i) codes(i, a) *= sign;
  }
}

// Where codes and directions are both 0, neither has a slope: a saddle, which no Newton step
// leaves, and which none leaves fast while the ridge outweighs the codes. So codes that PCA leaves
// near 0 begin at draws instead; the ridge pulls back what is of no use.
void leave_saddle(double ridge, Tensor& codes) {
  std::vector<double> squares(codes.cols());
  for (std::size_t i = 0; i < codes.rows(); ++i) {
    for (std::size_t a = 0; a < codes.cols(); ++a) squares[a] += double(codes(i, a) * codes(i, a));
  }
  const double largest = *std::max_element(squares.begin(), squares.end());
  Rng draws(1);
  for (std::size_t a = 0; a < codes.cols(); ++a) {
    if (largest > ridge * double(codes.rows()) && squares[a] > 1e-8 * largest) continue;
    for (std::size_t i = 0; i < codes.rows(); ++i) codes(i, a) = Real(draws.normal());
  }
}

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
}

}  // namespace

bool suits_logistic_pca(const Tensor& X) {
  return std::all_of(X.values.begin(), X.values.end(), is_probability);
}

static void remember_fit(State& state, LogisticPcaFit& fit) {
  state.tensor("directions", fit.model.directions);
  state.tensor("offsets", fit.model.offsets);
  state.tensor("codes", fit.codes);
  state.numbers("objectives", fit.objectives);
  state.flag("converged", fit.converged);
}

LogisticPcaFit fit_logistic_pca(const Tensor& X, std::size_t k, const LogisticPcaOptions& options,
                                Workers* workers, const Listeners& listeners) {
  check_fit(X, k, options);
  const Tensor resting = resting_offsets(X), Xt = transposed(X), origin({X.rows(), k});
  LogisticPcaFit fit{
      {Tensor({X.cols(), k}), resting, options.ridge}, fit_pca(X, k, workers).transform(X), {}};
  leave_saddle(options.ridge, fit.codes);
  TrainingStage stage(listeners.checkpoint, "logistic PCA",
                      [&fit](State& state) { remember_fit(state, fit); });
  fit.earlier_seconds = stage.earlier_seconds();
  if (stage.was_finished()) return fit;
  while (!fit.converged && fit.iterations() < options.most_iterations) {
    step_directions(Xt, resting, fit.codes, fit.model, workers);
    const LogisticRows rows{X, fit.model.directions, fit.model.offsets, origin, options.ridge};
    const std::vector<double> of_rows = newton_step(rows, fit.codes, workers);
    const double bce =
        mean_of(of_rows) - options.ridge / 2 * squared_length(fit.codes) / double(X.rows());
    balance(fit.model, fit.codes);
    const double objective = bce + penalty(fit.model, resting, fit.codes);
    fit.converged = !fit.objectives.empty() &&
                    fit.objectives.back() - objective < options.tolerance * fit.objectives.back();
    fit.objectives.push_back(objective);
    listeners.show_progress("logistic PCA", fit.iterations(), options.most_iterations, objective,
                            X.rows(), stage.seconds());
    if (!fit.converged) stage.after_epoch();
  }
  settle_signs(fit.model, fit.codes);
  stage.finish();
  return fit;
}

Tensor LogisticPca::transform(const Tensor& X, Workers* workers) const {
  check(X.rank() == 2 && X.cols() == features(), "LogisticPca::transform: X is ", X.shape,
        " but this model has ", features(), " features (X must be m×", features(), ")");
  check_probabilities("LogisticPca::transform", X);
  constexpr int most_steps = 100;
  const double rounding = 16 * double(std::numeric_limits<Real>::epsilon());
  const Tensor origin({X.rows(), code_size()});
  const LogisticRows rows{X, directions, offsets, origin, ridge};
  Tensor codes = origin;
  std::vector<double> before = row_objectives(rows, codes, workers);
  for (int step = 0; step < most_steps; ++step) {
    const std::vector<double> after = newton_step(rows, codes, workers);
    bool falls = false;
    for (std::size_t i = 0; i < after.size(); ++i)
      falls = falls || after[i] < before[i] * (1 - rounding);
    if (!falls) break;
    before = after;
  }
  return codes;
}

Tensor LogisticPca::inverse_transform(const Tensor& codes) const {
  check(codes.rank() == 2 && codes.cols() == code_size(),
        "LogisticPca::inverse_transform: codes is ", codes.shape, " but this model has codes of ",
        code_size(), " (codes must be m×", code_size(), ")");
  Tensor X = matmul_bt(codes, directions);
  for (std::size_t i = 0; i < X.rows(); ++i) {
    for (std::size_t j = 0; j < X.cols(); ++j) X(i, j) += offsets[j];
  }
  vector_sigmoid(X.values, X.values);
  return X;
}

double logistic_pca_objective(const LogisticPca& model, const Tensor& X, const Tensor& codes,
                              Workers* workers) {
  const LogisticRows rows{X, model.directions, model.offsets, Tensor(codes.shape), 0};
  return mean_of(row_objectives(rows, codes, workers)) + penalty(model, resting_offsets(X), codes);
}

}  // namespace strata
