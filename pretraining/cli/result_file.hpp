#pragma once
// Where `encode`, `reconstruct`, `sample` and `interpolate` put their rows: .npy, .csv or .png, or
// standard output.

#include <string>
#include <vector>

#include "core/data/dataset.hpp"
#include "pretraining/cli/common.hpp"

namespace strata::cli {

/// Throws Error where the option's file cannot be written, UsageError unless its name ends in one
/// of these.
void check_ending(const Options& options, const char* name,
                  std::initializer_list<const char*> endings);
/// stem0, stem1, …: names of columns.
std::vector<std::string> numbered(const std::string& stem, std::size_t count);
/// A (n×d) by the ending of the path; CSV on standard output where the path is empty. As .png the
/// rows are tiles where they are pictures of that shape, in a row each of `columns` (0: a square of
/// tiles); else one grey row an example. Small pictures are enlarged by a whole factor.
void write_result(const std::string& path, const Tensor& A, const std::vector<std::string>& names,
                  const ImageShape& image, std::size_t columns = 0);
/// "wrote FILE (…)" on standard output, where a file was written.
void report_result(const std::string& path, const Tensor& A, const ImageShape& image);

}  // namespace strata::cli
