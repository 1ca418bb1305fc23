#include "pretraining/baselines/nearest_neighbours.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>

#include "core/math/matmul.hpp"

namespace strata {
namespace {

constexpr std::size_t queries_at_once = 128;  // so that the matrix of distances stays small

// A shift changes no distance; near the origin the squares, and so their rounding, are smallest.
Tensor shifted(Tensor X, const Tensor& by) {
  for (std::size_t i = 0; i < X.rows(); ++i) {
    for (std::size_t j = 0; j < X.cols(); ++j) X(i, j) -= by[j];
  }
  return X;
}

double squared_length(const Tensor& X, std::size_t row) {
  double sum = 0;
  for (std::size_t j = 0; j < X.cols(); ++j) sum += double(X(row, j)) * double(X(row, j));
  return sum;
}

// From the coordinates themselves.
double squared_distance_of_rows(const Tensor& A, std::size_t a, const Tensor& B, std::size_t b) {
  double sum = 0;
  for (std::size_t j = 0; j < A.cols(); ++j) {
    const double difference = double(A(a, j)) - double(B(b, j));
    sum += difference * difference;
  }
  return sum;
}

// Where ‖q − p‖² lies for certain, rounding included.
struct Bounds {
  double low, high;
};

// The points that may be among the k nearest: those whose low end is not above the k-th smallest
// high end.
std::vector<std::size_t> candidates(const std::vector<Bounds>& distances, std::size_t k) {
  std::vector<double> highs;
  highs.reserve(distances.size());
  for (const Bounds& b : distances) highs.push_back(b.high);
  std::nth_element(highs.begin(), highs.begin() + std::ptrdiff_t(k - 1), highs.end());
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < distances.size(); ++i) {
    if (distances[i].low <= highs[k - 1]) found.push_back(i);
  }
  return found;
}

void check_points(const Tensor& points, const Tensor& queries, std::size_t k) {
  check(points.rank() == 2 && queries.rank() == 2 && points.cols() == queries.cols(),
        "nearest_neighbours: the points are ", points.shape, " but the queries ", queries.shape,
        " (both must have as many columns)");
  check(k >= 1 && k <= points.rows(), "nearest_neighbours: k is ", k, " but there are ",
        points.rows(), " points (k must be 1 to ", points.rows(), ")");
  check(all_finite(points) && all_finite(queries),
        "nearest_neighbours: a coordinate is infinite or not a number");
}

}  // namespace

std::vector<std::vector<std::size_t>> nearest_neighbours(const Tensor& points,
                                                         const Tensor& queries, std::size_t k,
                                                         Workers* workers) {
  check_points(points, queries, k);
  const Tensor mean = column_means(points);
  const Tensor P = shifted(points, mean), Q = shifted(queries, mean);
  const std::size_t n = P.rows();
  std::vector<double> lengths(n);
  for (std::size_t i = 0; i < n; ++i) lengths[i] = squared_length(P, i);
  const double unit = 4 * double(P.cols() + 4) * double(std::numeric_limits<Real>::epsilon());

  std::vector<std::vector<std::size_t>> nearest;
  std::vector<Bounds> distances(n);
  for (std::size_t begin = 0; begin < Q.rows(); begin += queries_at_once) {
    const Tensor block = slice_rows(Q, begin, std::min(begin + queries_at_once, Q.rows()));
    Tensor products({block.rows(), n});
    matmul_bt(block, P, products, Store::overwrite, workers);
    for (std::size_t b = 0; b < block.rows(); ++b) {
      const double length = squared_length(block, b);
      for (std::size_t i = 0; i < n; ++i) {
        const double squares = length + lengths[i], middle = squares - 2 * double(products(b, i));
        distances[i] = {middle - unit * squares, middle + unit * squares};
      }
      // Pairs compare by distance, then by place
      std::vector<std::pair<double, std::size_t>> measured;
      for (std::size_t i : candidates(distances, k))
        measured.emplace_back(squared_distance_of_rows(points, i, queries, begin + b), i);
      std::partial_sort(measured.begin(), measured.begin() + std::ptrdiff_t(k), measured.end());
      nearest.emplace_back();
      for (std::size_t r = 0; r < k; ++r) nearest.back().push_back(measured[r].second);
    }
  }
  return nearest;
}

int majority(const std::vector<int>& labels) {
  check(!labels.empty(), "majority: there are no labels");
  std::map<int, std::size_t> votes;  // in ascending order: the first of equals is the smallest
  for (int label : labels) ++votes[label];
  return std::max_element(votes.begin(), votes.end(),
                          [](const auto& a, const auto& b) { return a.second < b.second; })
      ->first;
}

std::vector<int> classify_by_neighbours(const Tensor& points, const std::vector<int>& labels,
                                        const Tensor& queries, std::size_t k, Workers* workers) {
  check(labels.size() == points.rows(), "classify_by_neighbours: ", points.rows(), " points but ",
        labels.size(), " labels");
  std::vector<int> classes;
  for (const std::vector<std::size_t>& rows : nearest_neighbours(points, queries, k, workers)) {
    std::vector<int> votes;
    for (std::size_t i : rows) votes.push_back(labels[i]);
    classes.push_back(majority(votes));
  }
  return classes;
}

double neighbour_accuracy(const Tensor& points, const std::vector<int>& labels,
                          const Tensor& queries, const std::vector<int>& true_labels, std::size_t k,
                          Workers* workers) {
  check(true_labels.size() == queries.rows() && !true_labels.empty(),
        "neighbour_accuracy: ", queries.rows(), " queries but ", true_labels.size(), " labels");
  const std::vector<int> found = classify_by_neighbours(points, labels, queries, k, workers);
  std::size_t right = 0;
  for (std::size_t i = 0; i < found.size(); ++i) right += found[i] == true_labels[i] ? 1 : 0;
  return double(right) / double(found.size());
}

std::vector<std::size_t> evenly_chosen(std::size_t n, std::size_t most) {
  const std::size_t count = std::min(n, most);
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < count; ++i) chosen.push_back(i * n / count);
  return chosen;
}

}  // namespace strata
