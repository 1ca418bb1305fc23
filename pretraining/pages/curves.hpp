#pragma once
// The lines of training curves.

#include <string>
#include <vector>

#include "core/charts/svg.hpp"
#include "layers/fit.hpp"

namespace strata::pages {

/// The loss of each epoch; of the validation set, with gaps where it was not measured. Counted on
/// from `epochs_before`.
Series training_line(const std::string& name, const History& history,
                     std::size_t epochs_before = 0);
Series validation_line(const std::string& name, const History& history);
/// The total and, where there are several, each term over the epochs.
std::vector<Series> lines_of_terms(const History& history);

}  // namespace strata::pages
