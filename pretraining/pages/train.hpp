#pragma once
// The page that `strata train KIND` leaves: what the model is, how well it reconstructs, how it was
// trained, and the pictures that make its kind's point. Every number on it comes from the run.

#include <string>

#include "pretraining/runs/train.hpp"

namespace strata::pages {

/// The sections that a kind adds: HTML; they leave what they measure in the run. There may be none
/// for data that are not pictures.
using Figures = std::string (*)(TrainRun& run);

/// The page: HTML with everything inside it. `figures`, the HTML of the kind's sections, come
/// first, below the opening.
std::string train_page(const TrainRun& run, const std::string& figures, const RunFacts& facts);

}  // namespace strata::pages
