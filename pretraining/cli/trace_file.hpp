#pragma once
// The page of both passes as a file: the command `trace`, and `html` of the steppers.

#include <string>

#include "core/inspect/trace/trace.hpp"

namespace strata::cli {

/// Writes the page, and returns what to tell the user: what it holds and how to open it. Throws
/// Error where the file cannot be written.
std::string write_trace_page(const std::string& file, const std::string& title, Tape& tape,
                             const Objective& objective, const TraceOptions& options = {});

}  // namespace strata::cli
