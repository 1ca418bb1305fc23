#pragma once
// The k nearest neighbours of a point among labelled ones, by Euclidean distance, and the class
// that most of them have (Fix and Hodges 1951; Cover and Hart 1967). It has nothing to train, so it
// asks of a code only this: do examples of one class lie together in it?
//
// All distances come from one matrix product:   ‖q − p‖² = ‖q‖² + ‖p‖² − 2 q·p
// For points close together that is a small difference of large numbers. So the product only says
// who may be among the k nearest, given its rounding; these few are measured again from their
// coordinates, and the result is exact.

#include <vector>

#include "core/parallel.hpp"
#include "core/tensor.hpp"

namespace strata {

/// For each row of `queries` (m×d) the k nearest rows of `points` (n×d), nearest first; of equally
/// near rows the earlier one comes first. Throws Error unless both are as wide and finite, and k is
/// 1 … n.
std::vector<std::vector<std::size_t>> nearest_neighbours(const Tensor& points,
                                                         const Tensor& queries, std::size_t k,
                                                         Workers* workers = nullptr);

/// The most frequent of these labels; of equally frequent ones the smallest, as scikit-learn has
/// it. Throws Error for none.
int majority(const std::vector<int>& labels);

/// The class of each query: the majority among its k nearest points. `labels` are those of the
/// points.
std::vector<int> classify_by_neighbours(const Tensor& points, const std::vector<int>& labels,
                                        const Tensor& queries, std::size_t k,
                                        Workers* workers = nullptr);

/// The share of queries, 0 to 1, whose class is found so. Throws Error where labels are missing.
double neighbour_accuracy(const Tensor& points, const std::vector<int>& labels,
                          const Tensor& queries, const std::vector<int>& true_labels, std::size_t k,
                          Workers* workers = nullptr);

/// `most` of the numbers 0 … n − 1 at even distances, or all where there are fewer: the rows to
/// look among, where all are too many.
std::vector<std::size_t> evenly_chosen(std::size_t n, std::size_t most);

}  // namespace strata
