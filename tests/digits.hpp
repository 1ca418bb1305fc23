#pragma once
// The digits of 8×8 pixels, split into training and test rows: what most trainings are tried on.

#include "core/data/dataset.hpp"
#include "core/data/digits8x8.hpp"

namespace strata::testing {

inline TrainTest digits() {
  return split_every(digits8x8());
}

/// The first ones, with or without their labels.
inline TrainTest some_digits(std::size_t examples, bool labels = true) {
  TrainTest data = split_every(rows(digits8x8(), 0, examples));
  if (!labels) data.train.labels = data.test.labels = {};
  return data;
}

}  // namespace strata::testing
