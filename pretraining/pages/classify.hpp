#pragma once
// The page of `strata classify`: accuracies before and after fine-tuning, curves, confusions, what
// is still wrong, the filters, and what pretraining is worth with few labels. Every number on it
// comes from the results.

#include <string>

#include "pretraining/runs/classify.hpp"

namespace strata::pages {

/// HTML with everything inside it. Data that are not pictures have no filters, and a table in the
/// place of wrong pictures.
std::string classify_page(const ClassifyResults& results, const RunFacts& facts);

}  // namespace strata::pages
