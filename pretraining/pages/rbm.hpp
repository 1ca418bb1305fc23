#pragma once
// The page of `strata rbm`: how likely the data are, what the units look for, what the machine
// dreams, and how it was trained.

#include <string>

#include "pretraining/runs/rbm.hpp"

namespace strata::pages {

/// HTML with everything inside it.
std::string rbm_page(const RbmResults& run, const RunFacts& facts, Workers* workers = nullptr);

}  // namespace strata::pages
