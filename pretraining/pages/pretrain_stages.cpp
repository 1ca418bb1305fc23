// What the report says of the ways to pretrain beside each other: pretrain_figures.hpp.

#include <algorithm>
#include <cmath>

#include "pretraining/pages/pretrain_figures.hpp"

namespace strata::report {
namespace {

constexpr double about_the_same = 0.05;  // of the error: seeds differ by as much on the digits

std::string against_random_start(double error, double of_random) {
  if (error < (1 - about_the_same) * of_random) return "better";
  return error > (1 + about_the_same) * of_random ? "worse" : "about the same";
}

}  // namespace

std::string what_pretraining_bought(const Comparison& c) {
  if (!c.options.random_start) return "";
  const MethodResult& random = c.method("deep_random");
  std::string found;
  for (const std::string& way : c.options.ways) {
    const double error = c.finetuned(way).test_error;
    found += text(found.empty() ? "" : ", ", number(error), " after ", way, " layers (",
                  against_random_start(error, random.test_error), ")");
  }
  return text(
      "<p>What pretraining bought: from a random start the deep autoencoder has a test error of ",
      number(random.test_error), " after ", random.epochs,
      " epochs. Pretrained, with as many epochs in all, it has ", found, ". Less than ",
      std::lround(100 * about_the_same),
      " % apart is called about the same, since another seed may change as much.</p>\n");
}

std::string first_layers(const Comparison& c) {
  if (c.train.image == ImageShape{} || c.options.ways.size() < 2) return "";
  constexpr std::size_t most = 36, columns = 6;
  std::vector<std::string> figures;
  for (const std::string& way : c.options.ways) {
    const Tensor W =
        // Units × pixels
        transposed(c.stages_of(way).front().dense()->encoder.front().W.value);
    const std::size_t shown = std::min(W.rows(), tiles_that_fit(c.train.image, most));
    const Tensor weights = without_still_pixels(slice_rows(W, 0, shown), c.train.X);
    const std::string which = text(shown, " of ", counted(W.rows(), "unit"));
    figures.push_back(figure(tiles(weights, c.train.image, columns, GridRange::symmetric,
                                   text("first layer, ", way, ": ", which)),
                             text("<b>", capitalised(way), "</b> (", which, "). ",
                                  capitalised(way_named(way).look_for))));
  }
  return text(
      "<h3>The first layer, pretrained by each kind</h3>\n<p>Encoder weights before fine-tuning, "
      "one tile a "
      "unit, each scaled by itself; mid-grey is 0, white positive, black negative.",
      on_still_pixels, "</p>\n", beside(figures));
}

std::string name_with_way(const Comparison& c, const MethodResult& method) {
  if (method.way.empty() || c.options.ways.size() == 1) return method.name;
  return "greedy_" + method.way + (method.name.ends_with("_finetuned") ? "_finetuned" : "");
}

std::string pretrained_in_words(const std::string& method, bool at_length) {
  const std::string before = "greedy_", after = "_finetuned";
  if (!method.starts_with(before)) return method;
  const bool is_finetuned = method.ends_with(after);
  const std::size_t end = method.size() - (is_finetuned ? after.size() : 0);
  const std::string way = method.substr(before.size(), end - before.size());
  if (!at_length) return "deep, " + way + (is_finetuned ? ", fine-tuned" : ", pretrained");
  return "deep autoencoder, pretrained by " + way + " layers" +
         (is_finetuned ? ", then fine-tuned" : "");
}

}  // namespace strata::report
