#pragma once
// The report of `strata pretrain`: one page that stands alone, with what the methods of a
// comparison reached, how they got there, and what they learnt. Every number on it comes from the
// Comparison.

#include <string>

#include "pretraining/runs/pretrain.hpp"

namespace strata {

/// What the page says and the Comparison does not know.
struct ReportFacts {
  std::string version;
  std::size_t threads = 1;  // what the run was done with
  std::string command_line;
};

/// The page: HTML with everything inside it, for screens and paper, light and dark. Data that are
/// no pictures get tables of numbers in their place. The comparison is not changed (its models
/// encode and decode, which needs them writable).
std::string report_html(Comparison& comparison, const ReportFacts& facts,
                        Workers* workers = nullptr);

}  // namespace strata
