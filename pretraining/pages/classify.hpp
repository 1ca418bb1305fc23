#pragma once
// The page of `strata classify`: accuracies before and after fine-tuning, curves, confusions, what
// is still wrong, the filters, and what pretraining is worth with few labels. Every number on it
// comes from the Classification.

#include <string>

#include "pretraining/runs/classify.hpp"

namespace strata {

/// What the page says and the Classification does not know.
struct ClassificationPageFacts {
  std::string version;
  std::size_t threads = 1;  // what the run was done with
  std::string command_line;
};

/// HTML with everything inside it. Data that are no pictures have no filters, and a table in the
/// place of wrong pictures.
std::string classification_page(const Classification& result, const ClassificationPageFacts& facts);

}  // namespace strata
