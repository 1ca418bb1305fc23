#pragma once
// The page of `strata pretrain`: what the methods reached, how they got there, and what they
// learnt. Every number on it comes from the results.

#include <string>

#include "pretraining/runs/pretrain.hpp"

namespace strata::pages {

/// HTML with everything inside it, for screens and paper, light and dark. Data that are not
/// pictures get tables of numbers in their place. The results are not changed (their models encode
/// and decode, for which they must be writable).
std::string pretrain_page(PretrainResults& results, const RunFacts& facts,
                          Workers* workers = nullptr);

}  // namespace strata::pages
