#pragma once
// What a stop at one visit shows, as text.

#include "pretraining/cli/step/blocks.hpp"
#include "pretraining/cli/step/passes.hpp"

namespace strata::cli {

/// Step k of n and which pass, the node, its rule with file and line, operands with their letters
/// and values, the upstream gradient, the operand's gradient before and after, the contribution (by
/// term where several have a part), and the check's verdict. A visit of a 6-4-6 autoencoder fits
/// 100 × 40 characters.
std::string page_text(Passes& passes, std::size_t step, const Style& style);
/// The same in one line.
std::string row_text(Passes& passes, std::size_t step);

}  // namespace strata::cli
