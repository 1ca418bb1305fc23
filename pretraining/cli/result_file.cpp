#include "pretraining/cli/result_file.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/charts/image_grid.hpp"
#include "core/data/files/csv.hpp"
#include "core/data/files/npy.hpp"
#include "core/data/scaling.hpp"
#include "core/io/files.hpp"

namespace strata::cli {

static bool is_picture(const Tensor& A, const ImageShape& image) {
  return image.width > 0 && image.height * image.width == A.cols();
}

static GreyImage picture_of(const Tensor& A, const ImageShape& image, std::size_t columns) {
  if (is_picture(A, image)) {
    const std::size_t side = std::size_t(std::ceil(std::sqrt(double(A.rows()))));
    return image_grid(A, image.height, image.width,
                      columns > 0 ? columns : std::max<std::size_t>(1, side));
  }
  // A table: one grey row an example, each column from its least to its largest value
  return image_grid(minmax_scaling(A).apply(A).reshaped({1, A.size()}), A.rows(), A.cols(), 1);
}

// A picture is looked at: of a few pixels it is enlarged, by a whole factor, so that no pixel is
// blurred.
static GreyImage large_enough(const GreyImage& image) {
  constexpr std::size_t side = 640;
  return magnified(image, std::max<std::size_t>(1, side / std::max(image.width, image.height)));
}

void report_rows(const std::string& path, const Tensor& A, const ImageShape& image) {
  if (path.empty()) return;
  const char* const plural = A.rows() == 1 ? "" : "s";
  if (is_picture(A, image)) {
    std::printf("wrote %s (%zu picture%s of %zu×%zu)\n", path.c_str(), A.rows(), plural,
                image.height, image.width);
  } else {
    std::printf("wrote %s (%zu row%s of %zu)\n", path.c_str(), A.rows(), plural, A.cols());
  }
}

void write_rows(const std::string& path, const Tensor& A, const std::vector<std::string>& names,
                const ImageShape& image, std::size_t columns) {
  if (path.empty()) {
    std::fputs(csv_text(A, names).c_str(), stdout);
  } else if (path.ends_with(".npy")) {
    write_npy(path, A);
  } else if (path.ends_with(".csv")) {
    write_csv(path, A, names);
  } else if (path.ends_with(".png")) {
    write_file(path, png_grey(large_enough(picture_of(A, image, columns))));
  }
}

void save_rows(const Options& options, const Tensor& A, const std::string& stem,
               const ImageShape& image, std::size_t columns) {
  check_all_finite(stem, A, "no file is written: the model's outputs overflow");
  std::vector<std::string> names;
  for (std::size_t j = 0; j < A.cols(); ++j) names.push_back(stem + std::to_string(j));
  write_rows(options.text("save"), A, names, image, columns);
  report_rows(options.text("save"), A, image);
}

void save_trained(const Options& options, const std::string& folder, Autoencoder& model,
                  const ModelFacts& facts) {
  save_model(folder + "/model.safetensors", model, facts);
  if (options.given("save")) save_model(options.text("save"), model, facts);
}

std::vector<std::string> run_files(const std::string& folder) {
  return {folder + "/results.json", folder + "/report.html"};
}

void write_run(const Options& options, const std::string& folder, const Json& results,
               const std::string& page, const char* others) {
  write_file(folder + "/results.json", results.dump(2) + "\n");
  write_file(folder + "/report.html", page);
  write_json(options, results);
  std::printf("wrote %s/report.html (open it in a browser)%s\n", folder.c_str(), others);
}

std::string write_trace_page(const std::string& file, const std::string& title, Tape& tape,
                             const Objective& objective, const TraceOptions& options) {
  const std::string page = trace_page(title, tape, objective, options);
  write_file(file, page);
  std::string words = text(title, ", ", objective.total.index + 1, " nodes\n");
  const std::size_t megabytes = page.size() / 1000000;
  if (megabytes > 20) {
    words += text("the page has ", megabytes,
                  " MB, and a browser will take a moment (--entries N keeps fewer numbers)\n");
  }
  return words + text("wrote ", file, " (open it in a browser: xdg-open ", shell_word(file),
                      ", or double-click; press ? there for the keys)\n");
}

void write_json(const Options& options, const Json& json) {
  if (options.given("json")) write_file(options.text("json"), json.dump(2) + "\n");
}

}  // namespace strata::cli
