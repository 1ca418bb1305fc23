#include "core/data/dataset.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <numeric>

#include "core/check.hpp"

namespace strata {
namespace {

// 0, 1, …, n − 1
void count_up(std::vector<std::size_t>& order) {
  std::iota(order.begin(), order.end(), std::size_t(0));
}

void check_period(const char* who, std::size_t period) {
  check(period >= 2, who, ": the period is ", period, ", at least 2 is needed");
}

TrainTest parted(const Dataset& data, SplitKind kind, std::vector<std::size_t> test) {
  std::sort(test.begin(), test.end());
  std::vector<std::size_t> all(data.size()), train;
  count_up(all);
  std::set_difference(all.begin(), all.end(), test.begin(), test.end(), std::back_inserter(train));
  return {take(data, train), take(data, test), kind, test};
}

using Classes = std::vector<std::vector<std::size_t>>;  // the indices of each class's examples

Classes classes_of(const Dataset& data) {
  std::map<int, std::vector<std::size_t>> by_label;
  for (std::size_t i = 0; i < data.size(); ++i)
    by_label[data.has_labels() ? data.labels[i] : 0].push_back(i);
  Classes classes;
  for (auto& [label, members] : by_label) classes.push_back(std::move(members));
  return classes;
}

// The classes in the order in which they give a test example more than ⌊m / period⌋: those whose
// share m / period is cut the most first, in chance's order where that is the same; those that
// would have none left for training last.
std::vector<std::size_t> by_claim(const Classes& classes, std::size_t period, Rng& rng) {
  std::vector<std::size_t> order(classes.size());
  count_up(order);
  rng.shuffle(order);
  const auto claim = [&](std::size_t c) {
    const std::size_t m = classes[c].size();
    return m / period + 1 < m ? 1 + m % period : 0;
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return claim(a) > claim(b); });
  return order;
}

}  // namespace

void check_dataset(const Dataset& data) {
  const std::string name = data.name.empty() ? "data set" : data.name;
  check(data.X.rank() == 2, name, ": X is ", data.X.shape, ", not a matrix (examples × features)");
  check(data.labels.empty() || data.labels.size() == data.size(), name, ": ", data.labels.size(),
        " labels for ", data.size(), " examples (there must be one each, or none)");
  const ImageShape& image = data.image;
  check(image == ImageShape{} || image.has(data.features()), name, ": an image of ", image.height,
        "×", image.width, " does not have the ", data.features(), " features of the examples");
}

void check_finite(const std::string& source, const Tensor& X) {
  for (std::size_t i = 0; i < X.size(); ++i) {
    check(std::isfinite(X[i]), source, ": row ", i / X.cols(), ", column ", i % X.cols(),
          " (counted from 0) holds ", X[i], "; every number of a data set must be finite");
  }
}

Dataset rows(const Dataset& data, std::size_t begin, std::size_t end) {
  check_dataset(data);
  check(begin <= end && end <= data.size(), "rows ", begin, ":", end, " of ", data.name,
        ": it has ", data.size(), " examples");
  Dataset part{data.name, slice_rows(data.X, begin, end), {}, data.image};
  if (data.has_labels()) {
    part.labels.assign(data.labels.begin() + std::ptrdiff_t(begin),
                       data.labels.begin() + std::ptrdiff_t(end));
  }
  return part;
}

Dataset take(const Dataset& data, const std::vector<std::size_t>& indices) {
  check_dataset(data);
  Dataset part{data.name, Tensor({0, data.features()}), {}, data.image};
  gather_rows(data.X, indices, part.X);
  if (data.has_labels()) {
    for (std::size_t index : indices) part.labels.push_back(data.labels[index]);
  }
  return part;
}

std::vector<std::size_t> rows_to_show(const Dataset& data, std::size_t most) {
  const Classes classes = classes_of(data);
  std::vector<std::size_t> chosen;
  for (std::size_t turn = 0; chosen.size() < std::min(most, data.size()); ++turn) {
    for (const std::vector<std::size_t>& members : classes) {
      if (turn < members.size() && chosen.size() < most) chosen.push_back(members[turn]);
    }
  }
  return chosen;
}

TrainTest split_every(const Dataset& data, std::size_t period, std::size_t remainder) {
  check_period("split_every", period);
  check(remainder < period, "split_every: the remainder ", remainder, " must be below the period ",
        period);
  std::vector<std::size_t> test;
  for (std::size_t i = remainder; i < data.size(); i += period) test.push_back(i);
  return parted(data, SplitKind::every, test);
}

TrainTest split_ordered(const Dataset& data, std::size_t period) {
  check_period("split_ordered", period);
  std::vector<std::size_t> test(data.size() / period);
  std::iota(test.begin(), test.end(), data.size() - test.size());
  return parted(data, SplitKind::ordered, test);
}

TrainTest split_random(const Dataset& data, std::size_t period, Rng& rng) {
  check_period("split_random", period);
  check_dataset(data);
  Classes classes = classes_of(data);
  std::size_t left = data.size() / period;  // to be drawn besides ⌊m / period⌋ of each class
  for (std::vector<std::size_t>& members : classes) {
    rng.shuffle(members);
    left -= members.size() / period;
  }
  std::vector<std::size_t> test;
  for (const std::size_t c : by_claim(classes, period, rng)) {
    std::size_t drawn = classes[c].size() / period;
    if (left > 0) {
      ++drawn;
      --left;
    }
    test.insert(test.end(), classes[c].begin(), classes[c].begin() + std::ptrdiff_t(drawn));
  }
  return parted(data, SplitKind::random, test);
}

TrainTest split_by(SplitKind kind, const Dataset& data, std::size_t period) {
  Rng rng(1);
  switch (kind) {
    case SplitKind::random:
      return split_random(data, period, rng);
    case SplitKind::ordered:
      return split_ordered(data, period);
    case SplitKind::every:
      return split_every(data, period, period - 1);
    case SplitKind::own:
      break;
  }
  throw Error("split_by: a test set of its own is not split off");
}

Batches::Batches(const Dataset& data, std::size_t batch_size)
    : data_(&data), batch_size_(std::min(batch_size, std::max<std::size_t>(data.size(), 1))) {
  check(batch_size > 0, "Batches: the batch size is 0, at least 1 is needed");
  check_dataset(data);
  order_.resize(data.size());
  count_up(order_);
}

void Batches::shuffle(Rng& rng) {
  count_up(order_);
  rng.shuffle(order_);
}

std::size_t Batches::count() const {
  return (order_.size() + batch_size_ - 1) / batch_size_;
}

const Batch& Batches::batch(std::size_t b) {
  check(b < count(), "Batches: there is no batch ", b, ", the data set makes ", count(),
        " (counted from 0)");
  const std::size_t begin = b * batch_size_;
  const std::size_t end = std::min(begin + batch_size_, order_.size());
  indices_.assign(order_.begin() + std::ptrdiff_t(begin), order_.begin() + std::ptrdiff_t(end));
  Batch& out = indices_.size() == batch_size_ ? full_ : short_;
  gather_rows(data_->X, indices_, out.X);
  if (data_->has_labels()) {
    out.labels.resize(indices_.size());
    for (std::size_t r = 0; r < indices_.size(); ++r) out.labels[r] = data_->labels[indices_[r]];
  }
  return out;
}

}  // namespace strata
