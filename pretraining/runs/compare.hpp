#pragma once
// The family of autoencoders on one data set: what each member makes of the same examples, and what
// its code is like. Raw data and PCA with as many numbers stand beside them as yardsticks. Next to
// the error there are measures of the code that do not need the decoder:
//
//   sparsity      the share of entries that are exactly 0; and, since sigmoid units never are,
//                 Hoyer's measure, which does not change with the scale of the code
//                   (√n − Σ|h_j| / √(Σ h_j²)) / (√n − 1)   0: all n equal, 1: a single one is not 0
//                 (Hoyer 2004, "Non-negative matrix factorization with sparseness constraints",
//                 section 3.1). n numbers from a normal distribution have about 0.2
//   contraction   (1/m) Σ ‖∂h/∂x‖²_F, which grows with the square of the code's scale; and so also
//                 relative, with Var for the sum of the variances of all features or units:
//                   (1/m) Σ ‖∂h/∂x‖²_F · (Var x / d) / Var h
//                 Noise as strong as the data's own variance, alike in every direction, moves the
//                 code by this share of its own variance (to first order). Copying x gives 1. Below
//                 1 the code holds on to the data and lets go of the noise
//   neighbours    the share of test codes whose class is that of most of the k nearest training
//                 codes

#include <optional>
#include <string>
#include <vector>

#include "autoencoders/autoencoder.hpp"
#include "layers/fit.hpp"
#include "pretraining/baselines/pca.hpp"
#include "pretraining/runs/results_head.hpp"
#include "pretraining/runs/yardstick.hpp"

namespace strata {

/// Of one code, a row of the table. A measure is empty where it does not exist: without labels, or
/// of a code that is constant.
struct CodeMeasures {
  double share_of_zeros = 0, mean_activation = 0;
  std::optional<double> hoyer;
  double contraction = 0;
  std::optional<double> relative_contraction;
  std::optional<double> neighbour_accuracy;  // 0 to 1
};

struct CompareMember {
  std::string name{};   // raw, pca, or the kind
  std::string point{};  // of it, in a line
  std::string architecture{};
  std::size_t code_size = 0, weights = 0, epochs = 0;
  bool common_size = true;  // else the code is of a size of its own
  bool yardstick = false;   // raw and pca
  double train_error = 0;   // squared error per example
  std::optional<double> test_error{};
  double seconds = 0;  // of training
  CodeMeasures measures{};
  std::vector<std::string> remarks{};  // on it, of yardstick.hpp
  Tensor codes{};                      // of CompareResults::judged
  Tensor reconstructions{};            // of CompareResults::pictured
};

struct LeftOut {
  std::string name, reason;
};

struct CompareResults {
  TrainTest data;  // scaled; there may be no test rows
  ErrorOfMeans of_means{};
  std::size_t code_size = 16;
  std::size_t neighbours = 5;  // k
  std::uint64_t seed = 1;
  std::vector<CompareMember> members{};  // the yardsticks first
  std::vector<LeftOut> left_out{};
  Dataset judged{}, pictured{};  // see start_compare
  std::size_t asked = 0;         // test rows whose neighbours are asked

  bool has_test() const { return data.test.size() > 0; }
  /// Whether nearest neighbours can be asked: test rows, and labels on both sides.
  bool has_neighbours() const {
    return has_test() && data.train.has_labels() && data.test.has_labels();
  }
  /// Of the variance of the test rows, or of the training rows where there are none.
  double explained(const CompareMember& member) const {
    return of_means.explained(member.train_error, member.test_error);
  }
  /// What is to be said of the members besides their numbers.
  std::vector<std::string> remarks() const;
  /// "sparse, denoising: the data …".
  std::vector<std::string> reasons_left_out() const;
};

/// The data, and of its test rows (training rows, where there are none) those that codes are judged
/// by, at most 500 at equal distances, and the ten that are shown. The yardsticks are measured at
/// once. Throws Error unless there are two training rows or more, and code_size and neighbours are
/// 1 or more. k is at most the number of training rows.
CompareResults start_compare(const TrainTest& data, std::size_t code_size, std::size_t neighbours,
                             std::uint64_t seed, Workers* workers = nullptr);

/// Measures a model that was trained on the same training rows, and adds it. Throws Error where
/// its errors are not finite.
const CompareMember& add_member(CompareResults& results, const std::string& kind,
                                const std::string& point, Autoencoder& model,
                                const History& history, Workers* workers = nullptr);

/// Hoyer's sparseness of each row of H, averaged over the rows that are not 0. Empty for a code of
/// one number, or of zeros alone.
std::optional<double> hoyer_sparseness(const Tensor& H);

/// results.json, as docs/guide/results.md describes it.
Json compare_results_json(const CompareResults& results, const RunFacts& facts);

}  // namespace strata
