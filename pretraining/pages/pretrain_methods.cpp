// What is said of the methods, in words, in the literature and in pictures: pretrain.hpp.

#include <cmath>
#include <map>

#include "core/io/png.hpp"
#include "pretraining/pages/blocks.hpp"
#include "pretraining/pages/maps.hpp"
#include "pretraining/pages/pictures.hpp"
#include "pretraining/pages/pretrain.hpp"

namespace strata::pages {

MethodNames names_of(const std::string& method) {
  static const std::map<std::string, MethodNames> known = {
      {"pca", {.plain = "PCA, the best linear code", .in_legend = "PCA"}},
      {"logistic_pca",
       {.plain = "logistic PCA, fitted by cross-entropy", .in_legend = "logistic PCA"}},
      {"shallow", {.plain = "shallow autoencoder, one layer to the code", .in_legend = "shallow"}},
      {"deep_random",
       {.plain = "deep autoencoder, random start", .in_legend = "deep, random start"}},
      {"greedy",
       {.plain = "deep autoencoder, pretrained layer by layer", .in_legend = "deep, pretrained"}},
      {"greedy_finetuned",
       {.plain = "deep autoencoder, pretrained, then fine-tuned",
        .in_legend = "deep, fine-tuned"}}};
  const auto found = known.find(method);
  if (found != known.end()) return found->second;
  // "greedy_WAY" or "greedy_WAY_finetuned"
  const std::string before = "greedy_", after = "_finetuned";
  check(method.starts_with(before), "pretrain page: there are no words for the method ", method);
  const bool is_finetuned = method.ends_with(after);
  const std::size_t end = method.size() - (is_finetuned ? after.size() : 0);
  const std::string way = method.substr(before.size(), end - before.size());
  return {say("deep autoencoder, pretrained by {} layers{}", way,
              is_finetuned ? ", then fine-tuned" : ""),
          say("deep, {}, {}", way, is_finetuned ? "fine-tuned" : "pretrained")};
}

MethodNames names_of(const PretrainResults& c, const MethodResult& method) {
  if (method.way.empty() || c.options.ways.size() == 1) return names_of(method.name);
  const bool is_finetuned = method.name.ends_with("_finetuned");
  return names_of("greedy_" + method.way + (is_finetuned ? "_finetuned" : ""));
}

std::string neighbours_in_words(const PretrainResults& c, const MethodResult& method) {
  if (!method.neighbour_accuracy) return "";
  const std::size_t all = c.train.size(), among = c.neighbour_rows.size();
  return say(
      " The {} nearest training codes of a test code (among {}), asked for its class, are right "
      "for {} of the test examples.",
      voting_neighbours,
      among < all ? say("{} of {}, evenly chosen", among, all) : say("all {}", all),
      percent(*method.neighbour_accuracy));
}

std::string what_pretraining_bought(const PretrainResults& c) {
  if (!c.options.random_start || c.of_means.train == 0) return "";
  const MethodResult& random = c.method("deep_random");
  constexpr double about_the_same = 0.05;  // of the error: seeds differ by as much on the digits
  const auto against_random_start = [&](double error) {
    if (error < (1 - about_the_same) * random.test_error) return "better";
    return error > (1 + about_the_same) * random.test_error ? "worse" : "about the same";
  };
  std::string found;
  for (const std::string& way : c.options.ways) {
    const double error = c.finetuned(way).test_error;
    found += say("{}{} after {} layers ({})", found.empty() ? "" : ", ", number(error), way,
                 against_random_start(error));
  }
  return say(
      "<p>What pretraining bought: from a random start the deep autoencoder has a test error of {} "
      "after {} epochs. Pretrained, with as many epochs in all, it has {}. Less than {} % apart is "
      "called about the same, since another seed may change as much.</p>\n",
      number(random.test_error), random.epochs, found, std::lround(100 * about_the_same));
}

// ---- Hinton and Salakhutdinov, "Reducing the dimensionality of data with neural networks",
// Science 313 (2006), 504–507: test error of 30 numbers an example, and the picture of three
// methods
namespace {

// The deep autoencoder, logistic PCA where it was fitted, and PCA.
std::vector<const MethodResult*> methods_of_the_picture(const PretrainResults& c) {
  std::vector<const MethodResult*> chosen = {&c.method("greedy_finetuned")};
  if (c.logistic_pca) chosen.push_back(&c.method("logistic_pca"));
  chosen.push_back(&c.method("pca"));
  return chosen;
}

// Rows: the originals, then what each of the three methods makes of them; a column for each class.
std::string png_of_three_methods(const PretrainResults& c) {
  constexpr std::size_t magnification = 2;
  const std::vector<std::size_t> shown = rows_to_show(c.test, 10);
  std::vector<Real> all = rows_at(c.test.X, shown).values;
  for (const MethodResult* m : methods_of_the_picture(c)) {
    const std::vector<Real> row = rows_at(m->test_reconstructions, shown).values;
    all.insert(all.end(), row.begin(), row.end());
  }
  const ImageShape image = c.test.image;
  const Tensor pictures({all.size() / c.test.features(), c.test.features()}, all);
  return png_grey(
      magnified(image_grid(pictures, image.height, image.width, shown.size()), magnification));
}

}  // namespace

bool is_experiment_of_2006(const PretrainResults& c) {
  const bool same_sizes =
      c.train.size() == 60000 && c.test.size() == 10000 && c.train.features() == 784;
  if (!same_sizes || c.code_size() != 30) return false;
  const Tensor& pixel_means = c.pca.mean;
  double mean = 0;
  for (Real pixel : pixel_means.values) mean += double(pixel) / double(pixel_means.size());
  return std::abs(mean - 0.1307) < 0.001;  // MNIST's; Fashion-MNIST has 0.286, KMNIST 0.192
}

std::string literature(const PretrainResults& c) {
  if (!is_experiment_of_2006(c)) return "";
  const std::map<std::string, const char*> published = {
      {"greedy_finetuned", "3.00"}, {"logistic_pca", "8.01"}, {"pca", "13.87"}};
  std::vector<Cells> rows;
  for (const MethodResult* m : methods_of_the_picture(c))
    rows.push_back({names_of(m->name).plain, number(m->test_error), published.at(m->name)});
  return table(
      "The same experiment in the literature: squared error per test example of MNIST, 30 numbers "
      "each, as Hinton and Salakhutdinov (Science, 2006) printed it. docs/guide/logistic-pca.md "
      "says why a logistic PCA that is fitted to its end can be far below theirs.",
      {"method", "test error here", "2006"}, rows);
}

// ---- files
std::vector<PictureFile> picture_files(const PretrainResults& c) {
  std::vector<PictureFile> files = {{"curves.svg", svg_file(test_curves(c))}};
  if (c.test.has_pictures()) files.push_back({"methods.png", png_of_three_methods(c)});
  if (c.test.size() < 3) return files;
  const auto map = [&](const std::string& title, const char* method) {
    return svg_file(small_map(title, c.method(method).test_codes, c.test, 420));
  };
  files.push_back({"map-pca.svg", map("PCA", "pca")});
  files.push_back({"map-deep.svg", map("Deep autoencoder", "greedy_finetuned")});
  return files;
}

}  // namespace strata::pages
