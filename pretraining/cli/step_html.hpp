#pragma once
// The command `html` of both steppers: both passes as a page for the browser.

#include <string>

#include "core/autodiff/objective.hpp"

namespace strata::cli {

/// Writes the page of `strata trace`. Throws Error where it cannot be written.
void write_trace_page(const std::string& file, const std::string& title, Tape& tape,
                      const Objective& objective);

}  // namespace strata::cli
