#pragma once
// Is a result any good? What every error is held against, and what is to be said where a result is
// not what it seems.

#include <optional>
#include <string>
#include <vector>

#include "core/data/dataset.hpp"
#include "layers/history.hpp"

namespace strata {

/// (1/m) Σ ‖x − μ‖² over the rows x of X (m×d): the squared error per example of answering
/// everything with the means μ (d) of the training examples. Of the training examples themselves it
/// is their total_variance, which is 0 to the bit where they are all the same.
double error_of_means(const Tensor& X, const Tensor& means);
/// Of both parts of the data; of test rows 0 where there are none.
struct ErrorOfMeans {
  double train = 0, test = 0;
  double test_variance = 0;  // of the test rows about means of their own

  /// The share of the variance that a result explains, R²: 1 − error / variance, of the test rows
  /// where there are two or more that differ, else of the training rows' means. Below 0 where the
  /// means are the better answer, 0 where there is nothing to explain.
  double explained(double train_error, std::optional<double> test_error) const;
};
ErrorOfMeans errors_of_means(const TrainTest& data);

/// Code units that tell nothing about an example, over the codes H (m×k) of many.
struct IdleUnits {
  std::size_t dead = 0;      // exactly 0 for every example
  std::size_t constant = 0;  // of the others: those that move less than 1 % as far as the unit that
                             // moves farthest (which is taken to move 5 % of the largest entry)
  std::size_t units = 0;
};
IdleUnits idle_units(const Tensor& H);

/// What is judged. Test errors are 0 where there are no test rows.
struct Judged {
  double train_error = 0, test_error = 0;  // squared error per example
  ErrorOfMeans of_means{};
  bool has_test = false;
  IdleUnits idle{};
  const History* history = nullptr;  // null: not trained here
  bool may_come_to_rest = false;     // L-BFGS: at the optimum its steps end, which is no waste
};
/// "3 of 16 code units are constant …", and the like: a sentence for each thing that asks for
/// another look, the gravest first. Empty where nothing does.
std::vector<std::string> remarks_on(const Judged& result);

/// The remarks on one of several results.
struct Remarks {
  std::string on;
  std::vector<std::string> remarks;
};
/// "sparse, lstm: the objective still falls …": those with the same words as one.
std::vector<std::string> joined(const std::vector<Remarks>& results);

}  // namespace strata
