// The maps of the code on the page of `strata pretrain`: pretrain_figures.hpp.

#include "pretraining/pages/blocks.hpp"
#include "pretraining/pages/maps.hpp"
#include "pretraining/pages/pretrain_figures.hpp"

namespace strata::pages {
namespace {

// What the map of one of the two codes decodes to.
DecodedPlaces places_by_pca(const PretrainResults& c) {
  return decoded_places(c.method("pca").test_codes, c.test.image, "PCA",
                        [&](const Tensor& codes) { return c.pca.inverse_transform(codes); });
}
DecodedPlaces places_by_deep(PretrainResults& c, const std::string& name) {
  return decoded_places(c.method("greedy_finetuned").test_codes, c.test.image, name,
                        [&](const Tensor& codes) { return c.deep.decode(codes); });
}

std::string with_neighbours(const PretrainResults& c, const std::string& name,
                            const std::string& method) {
  const std::string words = neighbours_in_words(c, c.method(method));
  return words.empty() ? "" : " " + name + ":" + words;
}

std::string maps_of_one_number(PretrainResults& c) {
  const Tensor& linear = c.method("pca").test_codes;
  const Tensor& deep = c.method("greedy_finetuned").test_codes;
  Tensor points({c.test.size(), 2});
  for (std::size_t i = 0; i < c.test.size(); ++i) {
    points(i, 0) = linear[i];
    points(i, 1) = deep[i];
  }
  const std::string out =
      figure(map_chart("PCA's number and the autoencoder's", points, c.test, 440, "PCA's number",
                       "the autoencoder's number"),
             say("The code is one number, so both codes fit on one map: {}, PCA's number to the "
                 "right, the fine-tuned autoencoder's upwards. Points on one rising or falling "
                 "curve would mean that both put the examples in the same order. {}{}{}",
                 drawn(c.test.size()), what_to_look_for(c.test), with_neighbours(c, "PCA", "pca"),
                 with_neighbours(c, "The fine-tuned autoencoder", "greedy_finetuned")));
  if (!c.test.has_pictures()) return out;
  const auto line = [](const DecodedPlaces& places, const char* name) {
    return figure(places.tiles,
                  say("<b>{}</b>: pictures decoded from codes of {} to {}, row by row (the middle "
                      "90 % of the test codes). Look for one picture turning into another.",
                      name, number(double(places.first)), number(double(places.last))));
  };
  const char* const name = "fine-tuned autoencoder";
  return out + beside({line(places_by_pca(c), "PCA"), line(places_by_deep(c, name), name)});
}

std::string maps_of_planes(PretrainResults& c) {
  const MethodResult &linear = c.method("pca"), &deep = c.method("greedy_finetuned");
  const char* const name = "Autoencoder, fine-tuned";
  const std::string of_what =
      c.code_size() == 2
          ? "The code is two numbers, so it is a map: "
          : say("The code has {} numbers; the map shows its two leading principal directions: ",
                c.code_size());
  const std::string out =
      beside({figure(labelled_map("PCA", linear.test_codes, c.test),
                     say("{}{}. {}{}", of_what, drawn(c.test.size()), what_to_look_for(c.test),
                         neighbours_in_words(c, linear))),
              figure(labelled_map(name, deep.test_codes, c.test),
                     "The same examples, placed by the pretrained and fine-tuned autoencoder. Its "
                     "axes have no units and no order, and a mirror image or a turned map is as "
                     "good. Compare with PCA: is there less overlap?" +
                         neighbours_in_words(c, deep))});
  if (!c.test.has_pictures()) return out;
  const DecodedPlaces by_pca = places_by_pca(c);
  return out +
         beside(
             {figure(by_pca.tiles,
                     say("<b>PCA</b>: what {}×{} places of the map above decode to, over the "
                         "middle 90 % of the test codes in each direction. Look for pictures that "
                         "are blends, neither one class nor another.",
                         by_pca.count, by_pca.count)),
              figure(
                  places_by_deep(c, name).tiles,
                  say("<b>{}</b>: the same for its map. Look for regions where the picture hardly "
                      "changes, with narrow borders between them, and find them in the map above.",
                      name))});
}

}  // namespace

std::string maps(PretrainResults& c) {
  if (c.test.size() < 3) return "<p>There are too few test examples for a map.</p>\n";
  return c.code_size() == 1 ? maps_of_one_number(c) : maps_of_planes(c);
}

}  // namespace strata::pages
