// The picture of the three methods, the literature's figures beside ours, and the neighbours of a
// code: report_figures.hpp.

#include <cmath>

#include "core/io/png.hpp"
#include "pretraining/pages/pretrain_figures.hpp"

namespace strata::report {
namespace {

// Hinton and Salakhutdinov, "Reducing the dimensionality of data with neural networks", Science 313
// (2006), 504–507: test error of 30 numbers an example.
struct PublishedError {
  const char* method;
  const char* error;
};
constexpr PublishedError published[] = {
    {"greedy_finetuned", "3.00"}, {"logistic_pca", "8.01"}, {"pca", "13.87"}};

// The deep autoencoder, logistic PCA where it was fitted, and PCA.
std::vector<const MethodResult*> methods_of_the_picture(const Comparison& c) {
  std::vector<const MethodResult*> chosen = {&c.method("greedy_finetuned")};
  if (c.logistic_pca) chosen.push_back(&c.method("logistic_pca"));
  chosen.push_back(&c.method("pca"));
  return chosen;
}

}  // namespace

bool is_experiment_of_2006(const Comparison& c) {
  const bool same_sizes =
      c.train.size() == 60000 && c.test.size() == 10000 && c.train.features() == 784;
  if (!same_sizes || c.code_size() != 30) return false;
  const Tensor& pixel_means = c.pca.mean;
  double mean = 0;
  for (Real pixel : pixel_means.values) mean += double(pixel) / double(pixel_means.size());
  return std::abs(mean - 0.1307) < 0.001;  // MNIST's; Fashion-MNIST has 0.286, KMNIST 0.192
}

std::string three_methods(const Comparison& c) {
  if (c.test.image == ImageShape{}) return "";
  std::vector<Reconstruction> rows;
  for (const MethodResult* m : methods_of_the_picture(c)) {
    const std::string name =
        m->name == "greedy_finetuned" ? "deep autoencoder" : short_name(m->name);
    rows.push_back({name, plain_name(m->name), m->test_error, m->test_reconstructions});
  }
  return reconstructions(c.test, rows, c.code_size());
}

std::string literature(const Comparison& c) {
  if (!is_experiment_of_2006(c)) return "";
  std::string rows;
  for (const PublishedError& one : published) {
    for (const MethodResult& m : c.methods) {
      if (m.name == one.method)
        rows += table_row(plain_name(m.name), {number(m.test_error), one.error});
    }
  }
  return table(
      "The same experiment in the literature: squared error per test example of MNIST, 30 numbers "
      "each, as "
      "Hinton and Salakhutdinov (Science, 2006) printed it. docs/guide/logistic-pca.md says why a "
      "logistic "
      "PCA that is fitted to its end can be far below theirs.",
      {"method", "test error here", "2006"}, rows);
}

namespace {

// Rows: the originals, then what each of the three methods makes of them; a column for each class.
std::string png_of_three_methods(const Comparison& c) {
  constexpr std::size_t magnification = 2;
  const std::vector<std::size_t> shown = rows_to_show(c.test, 10);
  std::vector<Tensor> rows = {rows_at(c.test.X, shown)};
  for (const MethodResult* m : methods_of_the_picture(c))
    rows.push_back(rows_at(m->test_reconstructions, shown));
  Tensor all({rows.size() * shown.size(), c.test.features()});
  std::size_t next = 0;
  for (const Tensor& pictures : rows) {
    for (Real pixel : pictures.values) all[next++] = pixel;
  }
  const ImageShape image = c.test.image;
  return png_grey(
      magnified(image_grid(all, image.height, image.width, shown.size()), magnification));
}

}  // namespace

std::vector<PictureFile> picture_files(const Comparison& c) {
  constexpr double map_size = 420;
  std::vector<PictureFile> files = {{"curves.svg", svg_file(test_curves(c))}};
  if (c.test.image != ImageShape{}) files.push_back({"methods.png", png_of_three_methods(c)});
  if (c.test.size() < 3) return files;
  const auto map = [&](const std::string& title, const char* method) {
    return svg_file(small_map(title, c.method(method).test_codes, c.test, map_size));
  };
  files.push_back({"map-pca.svg", map("PCA", "pca")});
  files.push_back({"map-deep.svg", map("Deep autoencoder", "greedy_finetuned")});
  return files;
}

std::string percent(double share) {
  return fixed_number(100 * share, 1) + " %";
}

std::string neighbours_in_words(const Comparison& c, const MethodResult& method) {
  if (!method.neighbour_accuracy) return "";
  const std::size_t all = c.train.size(), among = c.neighbour_rows.size();
  return text(" The ", voting_neighbours, " nearest training codes of a test code (among ",
              among < all ? text(among, " of ", all, ", evenly chosen") : text("all ", all),
              "), asked for its class, are right for ", percent(*method.neighbour_accuracy),
              " of the test examples.");
}

}  // namespace strata::report
