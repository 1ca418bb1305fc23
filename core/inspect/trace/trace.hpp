#pragma once
// A whole forward and backward pass as one page to step through: graph, time line, every number of
// the journal, each rule with its source, and each rule held against differences. The page is one
// file, and works from disk.

#include <string>
#include <vector>

#include "core/inspect/journal.hpp"
#include "core/inspect/trace/sources.hpp"
#include "core/io/json.hpp"

namespace strata {

struct TraceOptions {
  std::size_t most_entries = 1024;  // that are kept of each tensor
  /// A node whose operands have more trained entries is not held against differences.
  std::size_t most_checked = 10000;
  // Where core/autodiff/… is looked for
  std::vector<std::string> source_folders = usual_source_folders();
};

/// What the page is made of: graph, visits (journal_of), checks and excerpts of the source. Each
/// tensor stands once in "tensors", however often it is the same; NaN and infinities are the
/// strings "NaN", "Infinity", "-Infinity", all other numbers read back as they were. Gradients are
/// afterwards as journal_of leaves them.
Json trace_data(const std::string& title, Tape& tape, const Objective& objective,
                const TraceOptions& options = {});

/// The page around these data.
std::string trace_page(const std::string& title, Tape& tape, const Objective& objective,
                       const TraceOptions& options = {});

}  // namespace strata
