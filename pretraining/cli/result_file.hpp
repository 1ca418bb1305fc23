#pragma once
// The files that commands leave: rows as .npy, .csv or .png, or on standard output; and the folder
// of a run.

#include <string>
#include <vector>

#include "autoencoders/files/model_file.hpp"
#include "core/data/dataset.hpp"
#include "core/inspect/trace/trace.hpp"
#include "core/io/json.hpp"
#include "pretraining/cli/common.hpp"

namespace strata::cli {

inline constexpr const char* rows_file_option = R"(
--save FILE {> .npy .csv .png}  the file to write: .npy, .csv or .png (default: CSV on
    standard output)
)";
/// A (n×d) by the ending of the path; CSV on standard output where the path is empty. As .png the
/// rows are tiles where they are pictures of that shape, in a row each of `columns` (0: a square of
/// tiles); else one grey row an example. Small pictures are enlarged by a whole factor.
void write_rows(const std::string& path, const Tensor& A, const std::vector<std::string>& names,
                const ImageShape& image = {}, std::size_t columns = 0);
/// "wrote FILE (…)" on standard output, where a file was written.
void report_rows(const std::string& path, const Tensor& A, const ImageShape& image = {});
/// Both, with the path that --save names. The columns are called stem0, stem1, …
void save_rows(const Options& options, const Tensor& A, const std::string& stem,
               const ImageShape& image = {}, std::size_t columns = 0);

/// The model to the folder's model.safetensors, and to --save where it is given. To be called as
/// soon as the model is trained: what is measured afterwards may take long.
void save_trained(const Options& options, const std::string& folder, Autoencoder& model,
                  const ModelFacts& facts);

/// The two files that write_run writes to the folder.
std::vector<std::string> run_files(const std::string& folder);
/// The two files that every run leaves in its folder, and --json where it is given; says where they
/// are, and that `others` are there too: ", results.json and model.safetensors".
void write_run(const Options& options, const std::string& folder, const Json& results,
               const std::string& page, const char* others);
/// Writes the page of both passes, and returns what to tell the user: what it holds and how to open
/// it. Throws Error where the file cannot be written.
std::string write_trace_page(const std::string& file, const std::string& title, Tape& tape,
                             const Objective& objective, const TraceOptions& options = {});

/// Writes to --json where it is given.
void write_json(const Options& options, const Json& json);

}  // namespace strata::cli
