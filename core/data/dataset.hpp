#pragma once
// A data set: examples in rows, features in columns, perhaps a label for each example and an image
// shape. Around it is what training needs: parts of it, a split into training and test rows, and
// minibatches in a fresh order each epoch.

#include <cstddef>
#include <string>
#include <vector>

#include "core/choice.hpp"
#include "core/random/rng.hpp"
#include "core/tensor.hpp"

namespace strata {

/// The shape of an example that is an image, height · width features row by row; otherwise 0×0.
struct ImageShape {
  std::size_t height = 0, width = 0;
  bool operator==(const ImageShape&) const = default;
  /// height · width = features
  bool has(std::size_t features) const {
    return height > 0 && features % height == 0 && features / height == width;
  }
};

struct Dataset {
  std::string name;
  Tensor X;                 // n×d
  std::vector<int> labels;  // n, or none
  ImageShape image;

  std::size_t size() const { return X.rank() == 2 ? X.rows() : 0; }
  std::size_t features() const { return X.rank() == 2 ? X.cols() : 0; }
  bool has_labels() const { return !labels.empty(); }
  bool has_pictures() const { return image != ImageShape{}; }
};

/// How the test examples were chosen. With `own` nothing was split: they are a set of their own.
enum class SplitKind { random, ordered, every, own };
inline const Choice<SplitKind> split_kinds{"split", {"random", "ordered", "fifth", "own"}};

struct TrainTest {
  Dataset train, test;
  SplitKind split = SplitKind::own;
  std::vector<std::size_t> test_rows{};  // of the data that was split: where test's examples were
};

/// Throws Error unless X is a matrix, there are n labels or none, and height · width is d (or the
/// image shape is 0×0). The functions below and Batches call it.
void check_dataset(const Dataset& data);
/// Throws Error for the first entry that is infinite or not a number, naming `source`, its row and
/// its column.
void check_finite(const std::string& source, const Tensor& X);

/// The examples [begin, end), with labels, name and image shape. Throws Error if there are fewer.
Dataset rows(const Dataset& data, std::size_t begin, std::size_t end);
/// The examples with these indices, in that order; an example may occur more than once. Throws
/// Error for an index beyond the last.
Dataset take(const Dataset& data, const std::vector<std::size_t>& indices);
/// Examples to show: one of each class in turn where there are labels, else the first ones; `most`,
/// or all where there are fewer.
std::vector<std::size_t> rows_to_show(const Dataset& data, std::size_t most);

// Splits: one example in `period` is for testing, ⌊n / period⌋ in all, so that fewer than `period`
// examples have an empty test part. Both parts keep the order of the data. All throw Error unless
// period ≥ 2.

/// Test examples are those with index % period == remainder (with a remainder below period − 1
/// there may be one more). Throws Error unless remainder < period.
TrainTest split_every(const Dataset& data, std::size_t period = 5, std::size_t remainder = 4);
/// The last ones, as for a time series, where the future is judged from the past.
TrainTest split_ordered(const Dataset& data, std::size_t period = 5);
/// Drawn at random, with the same share of each class (stratified): of m examples ⌊m / period⌋ or
/// one more. The last example that a class has left is drawn only where there is no other to make
/// up the total. Data without labels are one class.
TrainTest split_random(const Dataset& data, std::size_t period, Rng& rng);
/// One of these by its name, random from a seed of its own: the same data are always split the
/// same. Throws Error for SplitKind::own.
TrainTest split_by(SplitKind kind, const Dataset& data, std::size_t period = 5);

/// Some examples of a data set, copied.
struct Batch {
  Tensor X;                 // k×d
  std::vector<int> labels;  // k, or none
};

/// The minibatches of a data set. Batch b has the examples order[b · batch_size], …. If n is not a
/// multiple of the batch size the last one is shorter, and it is used like the others. To train for
/// an epoch:
///   batches.shuffle(rng);
///   for (std::size_t b = 0; b < batches.count(); ++b) step(batches.batch(b));
/// There is a buffer for full batches and one for the short one: later epochs allocate nothing.
class Batches {
 public:
  /// In the order of the data, until shuffled. The data set is borrowed and must outlive this. A
  /// batch size above n means a single batch with everything. Throws Error for batch_size = 0.
  Batches(const Dataset& data, std::size_t batch_size);
  Batches(Dataset&&, std::size_t) = delete;  // a temporary would be gone before the first batch

  /// A fresh order, which depends only on the state of the generator and not on earlier epochs.
  void shuffle(Rng& rng);
  /// The order that a shuffle with this generator gave; the generator's state stays unchanged.
  void shuffle_again(Rng before) { shuffle(before); }
  std::size_t examples() const { return order_.size(); }
  /// ⌈n / batch_size⌉
  std::size_t count() const;
  /// Batch b, valid until the next call. Throws Error for b ≥ count().
  const Batch& batch(std::size_t b);

 private:
  const Dataset* data_;
  std::size_t batch_size_;
  std::vector<std::size_t> order_;    // of all examples
  std::vector<std::size_t> indices_;  // of the batch requested last
  Batch full_, short_;
};

}  // namespace strata
