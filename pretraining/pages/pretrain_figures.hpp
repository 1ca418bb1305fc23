#pragma once
// The pictures of the report, each a <figure> with a caption that says what to look for: training
// curves, examples over their reconstructions, the layers' filters, and the maps of the code. Data
// that are no pictures (image 0×0) get a table of reconstructions, and no filters.

#include <string>
#include <vector>

#include "core/charts/image_grid.hpp"
#include "core/charts/svg.hpp"
#include "pretraining/runs/pretrain.hpp"

namespace strata::report {

/// A method of the comparison in plain words: "deep autoencoder, random start"; in a legend "deep,
/// random start".
std::string plain_name(const std::string& method);
std::string short_name(const std::string& method);
/// The method's name for those two; where several ways to pretrain are compared, the main
/// one's says which it is too.
std::string name_with_way(const Comparison& comparison, const MethodResult& method);
/// Both of "greedy_sparse" and "greedy_sparse_finetuned"; any other name stays.
std::string pretrained_in_words(const std::string& method, bool at_length);
/// For people: three decimals, or four digits where that says too little.
std::string number(double value);
/// In a sentence: "below 0.001" instead of 1.577e-05.
std::string in_words(double value);
/// With `decimals` digits after the point, and a minus sign as long as a plus sign.
std::string fixed_number(double value, int decimals);

/// As HTML: "<0.01", "1.23", "12.3", "123".
std::string seconds_text(double seconds);
/// "1 number", "2 numbers".
std::string counted(std::size_t count, const std::string& thing);
/// With a capital at its beginning.
std::string capitalised(std::string words);

/// One loss curve for each layer that was pretrained.
std::string pretraining_curves(const Comparison& comparison);
/// The runs of whole networks against each other: squared error on the test examples, loss on the
/// training examples. Epochs of pretraining are counted.
std::string network_curves(const Comparison& comparison);
/// One sentence: the fine-tuned test errors of each way against the random start's; empty
/// without a random start.
std::string what_pretraining_bought(const Comparison& comparison);
/// The first layer's weights after pretraining in each way; empty for one way, and for data that
/// are no pictures.
std::string first_layers(const Comparison& comparison);
/// The picture of Hinton and Salakhutdinov (2006): test pictures over what the deep autoencoder,
/// logistic PCA and PCA make of them. Empty for data that are no pictures.
std::string three_methods(const Comparison& comparison);
/// Whether the run repeats their experiment: MNIST, 60000 and 10000 examples, in 30 numbers.
bool is_experiment_of_2006(const Comparison& comparison);
/// A table of their errors beside ours; empty where it is another experiment.
std::string literature(const Comparison& comparison);
/// A sentence on how often the nearest training codes tell the class of a test code; empty without
/// labels.
std::string neighbours_in_words(const Comparison& comparison, const MethodResult& method);
/// "97.3 %" of a share of 0 to 1.
std::string percent(double share);
/// Ten test examples over what each method makes of them; of data that are no pictures a table of a
/// few numbers.
std::string reconstructions(const Comparison& comparison);
/// The picture of three methods, the test curves and the maps as files of their own, for a slide or
/// a page of text: their names and bytes. Those that make no sense for the data are left out.
struct PictureFile {
  std::string name, bytes;
};
std::vector<PictureFile> picture_files(const Comparison& comparison);
/// The chart in network_curves that shows the test examples.
std::string test_curves(const Comparison& comparison);

/// The same for any reconstructions of the examples of `data`, which are called `part` examples:
/// test or training.
struct Reconstruction {
  std::string name, words;  // in the margin; in a sentence
  double error = 0;         // squared error per example
  Tensor X;                 // (examples × features)
};
std::string reconstructions(const Dataset& data, const std::vector<Reconstruction>& all,
                            std::size_t code_size, const std::string& part = "test");
/// The weights that touch pixels, as pictures, and for the deeper layers the inputs that excite
/// their units most. Empty for data that are no pictures.
std::string filters(const Comparison& comparison, Workers* workers);
/// The codes of the test examples on a plane, PCA's beside the deep autoencoder's, and pictures
/// decoded from the plane.
std::string maps(Comparison& comparison);

/// The codes (n×k) of the examples of `data`, called `part` examples, on a plane, coloured by
/// class: as they are where k is 2, else along their two leading principal directions. Empty for
/// fewer than three examples, or a code of one number.
std::string code_map(const Tensor& codes, const Dataset& data, const std::string& part,
                     const std::string& title);
/// What places of that map decode to, or of a line, where the code is one number; empty for data
/// that are no pictures.
std::string decoded_map(const Dataset& data, const Tensor& codes, Autoencoder& model,
                        Workers* workers);

/// The style sheet that these need besides html_page's and chart_css.
std::string figures_css();

// ---- the pieces they are made of
/// The loss of each epoch; of the validation set, with gaps where it was not measured. Counted on
/// from `epochs_before`.
Series training_line(const std::string& name, const History& history,
                     std::size_t epochs_before = 0);
Series validation_line(const std::string& name, const History& history,
                       std::size_t epochs_before = 0);
/// The total and, where there are several, each term over the epochs.
std::vector<Series> lines_of_terms(const History& history);
/// Whether a logarithmic axis suits the lines: they span more than a factor of four.
bool spans_a_wide_range(const std::vector<Series>& lines);
/// Examples to show: one of each class in turn where there are labels, else the first ones.
std::vector<std::size_t> rows_to_show(const Dataset& data, std::size_t most);
/// Weights (units × pixels) of an encoder with 0 for pixels that hardly vary in X (examples ×
/// pixels). Those weights do little for any example, but some are large (Adam steps as far on rare
/// gradients), and would set the scale of a tile. The sentence says so.
Tensor without_still_pixels(Tensor weights, const Tensor& X);
extern const char* const on_still_pixels;
/// The pictures X (n × pixels) in one row, `name` and `detail` before them. Several go into <div
/// class="strips">.
std::string strip(const std::string& name, const std::string& detail, const Tensor& X,
                  ImageShape image, const std::string& alt, GridRange range = GridRange::unit);
/// The codes (n × code, n ≥ 2) of `data` on a plane, coloured by class: a code of two numbers as it
/// is, of more its two leading principal directions, of one against the row. A square chart.
std::string small_map(const std::string& title, const Tensor& codes, const Dataset& data,
                      double size);
/// A table: `columns` heads them, the first above the rows' names, the rest above numbers; `rows`
/// are table_rows. All are HTML.
std::string table(const std::string& caption, const std::vector<std::string>& columns,
                  const std::string& rows, const std::string& css_class = "");
std::string table_row(const std::string& name, const std::vector<std::string>& cells);
/// <section> under a heading; empty where the content is.
std::string section(const std::string& heading, const std::string& content);
/// content is HTML; so is the caption.
std::string figure(const std::string& content, const std::string& caption);
/// Figures (or charts) beside each other where there is room.
std::string beside(const std::vector<std::string>& figures);
/// The rows of X as tiles, `columns` in a row, drawn as large as suits the page. `alt` is escaped
/// here.
std::string tiles(const Tensor& X, ImageShape image, std::size_t columns, GridRange range,
                  const std::string& alt);
/// How many pictures of that shape a figure holds: `most`, or fewer where they are large.
std::size_t tiles_that_fit(ImageShape image, std::size_t most);

}  // namespace strata::report
