#include "pretraining/runs/yardstick.hpp"

#include <algorithm>
#include <cmath>

#include "autoencoders/jacobian.hpp"

namespace strata {

double error_of_means(const Tensor& X, const Tensor& means) {
  double sum = 0;
  for (std::size_t i = 0; i < X.rows(); ++i) {
    for (std::size_t j = 0; j < X.cols(); ++j) {
      const double difference = double(X(i, j)) - double(means[j]);
      sum += difference * difference;
    }
  }
  return sum / double(X.rows());
}

ErrorOfMeans errors_of_means(const TrainTest& data) {
  ErrorOfMeans errors{.train = total_variance(data.train.X)};
  if (data.test.size() == 0) return errors;
  errors.test = error_of_means(data.test.X, column_means(data.train.X));
  errors.test_variance = total_variance(data.test.X);
  return errors;
}

double ErrorOfMeans::explained(double train_error, std::optional<double> test_error) const {
  const double error = test_error.value_or(train_error);
  const double variance = !test_error ? train : test_variance > 0 ? test_variance : test;
  return variance > 0 ? 1 - error / variance : 0;
}

IdleUnits idle_units(const Tensor& H) {
  std::vector<double> spreads;
  IdleUnits idle{.units = H.cols()};
  if (H.rows() < 2) return idle;
  for (std::size_t j = 0; j < H.cols(); ++j) {
    Real least = H(0, j), most = H(0, j);
    for (std::size_t i = 1; i < H.rows(); ++i) {
      least = std::min(least, H(i, j));
      most = std::max(most, H(i, j));
    }
    if (least == 0 && most == 0) {
      ++idle.dead;
    } else {
      spreads.push_back(double(most) - double(least));
    }
  }
  double farthest = 0.05 * double(largest_magnitude(H));
  for (double spread : spreads) farthest = std::max(farthest, spread);
  for (double spread : spreads) idle.constant += spread < 0.01 * farthest;
  return idle;
}

namespace {

// The mean objective of the epochs from `begin` to `end`.
double mean_loss(const History& history, std::size_t begin, std::size_t end) {
  double sum = 0;
  for (std::size_t k = begin; k < end; ++k) sum += history.epochs[k].loss;
  return sum / double(end - begin);
}

// Of ten epochs or more; what falls is held against what it has fallen by in all.
std::string remark_on_course(const History& history, bool may_come_to_rest, bool has_learnt) {
  const std::size_t n = history.epochs.size(), tenth = n / 10;
  if (n < 10 || history.stopped_early) return "";
  const double first = history.epochs.front().loss;
  const double before = mean_loss(history, n - 2 * tenth, n - tenth);
  const double last = mean_loss(history, n - tenth, n);
  const double at_half = mean_loss(history, n / 2 - tenth, n / 2);
  const double fallen = first - last;
  if (before - last > 0.03 * std::abs(fallen))
    return "the objective still falls at the end: more epochs (--epochs) would go further";
  if (!may_come_to_rest && fallen > 0 && at_half - last < 0.001 * fallen)
    return has_learnt
               ? "the objective has not fallen since half of the epochs: fewer would have done"
               : "the objective has not fallen since half of the epochs: it is stuck (try "
                 "another --rate, or --scale where columns differ in size)";
  return "";
}

}  // namespace

std::vector<std::string> remarks_on(const Judged& r) {
  if (r.of_means.train == 0)
    return {"the training examples are all the same: there is nothing to learn but that one"};
  std::vector<std::string> remarks;
  const double error = r.has_test ? r.test_error : r.train_error;
  const double of_means = r.has_test ? r.of_means.test : r.of_means.train;
  const bool is_useless = error > 0.98 * of_means;
  const char* const by_heart =
      "the training examples are learnt by heart (fewer units or epochs, --decay, --dropout or "
      "--corruption help)";
  if (is_useless && r.train_error < 0.7 * r.of_means.train) {
    remarks.push_back(
        text("on test examples this is no better than answering everything with the "
             "means of the columns: ",
             by_heart));
  } else if (is_useless) {
    remarks.push_back(
        "this is no better than answering everything with the means of the columns: try another "
        "--rate, more --epochs, less of a penalty (--beta, --contraction, --decay), or --scale "
        "where columns differ in size");
  }
  if (r.has_test && r.of_means.test > 3 * r.of_means.test_variance &&
      r.of_means.test_variance > 0) {
    remarks.push_back(
        "the test rows lie elsewhere than the training rows: their variance is far below their "
        "distance to the training means (outliers, or an order in the file)");
  }
  const std::size_t idle = r.idle.dead + r.idle.constant;
  if (20 * idle >= r.idle.units && idle > 0) {  // one in twenty, or more
    remarks.push_back(text(idle, " of ", r.idle.units,
                           idle == 1 ? " code units is " : " code units are ",
                           r.idle.constant == 0 ? "0"
                           : r.idle.dead == 0   ? "constant"
                                                : "0 or constant",
                           ", and so the same for every example"));
  }
  if (r.has_test && r.train_error < 0.5 * r.test_error && !is_useless)
    remarks.push_back(text("the train error is far below the test error: ", by_heart));
  if (r.history != nullptr && !r.history->epochs.empty()) {
    const bool has_learnt = r.train_error < 0.5 * r.of_means.train;
    const std::string course = remark_on_course(*r.history, r.may_come_to_rest, has_learnt);
    if (!course.empty()) remarks.push_back(course);
  }
  return remarks;
}

std::vector<std::string> joined(const std::vector<Remarks>& results) {
  std::vector<std::pair<std::string, std::string>> lines;  // what they are on, and the words
  for (const Remarks& result : results) {
    for (const std::string& remark : result.remarks) {
      const auto same = std::find_if(lines.begin(), lines.end(),
                                     [&](const auto& line) { return line.second == remark; });
      if (same == lines.end()) {
        lines.emplace_back(result.on, remark);
      } else {
        same->first += ", " + result.on;
      }
    }
  }
  std::vector<std::string> out;
  for (const auto& [on, words] : lines) out.push_back(on + ": " + words);
  return out;
}

}  // namespace strata
