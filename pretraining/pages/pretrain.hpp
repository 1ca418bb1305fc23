#pragma once
// The page of `strata pretrain`: what the methods reached, how they got there, and what they
// learnt. Every number on it comes from the results.

#include <string>
#include <vector>

#include "core/charts/svg.hpp"
#include "pretraining/runs/pretrain.hpp"

namespace strata::pages {

/// HTML with everything inside it, for screens and paper, light and dark. Data that are not
/// pictures get tables of numbers in their place. The results are not changed (their models encode
/// and decode, for which they must be writable).
std::string pretrain_page(PretrainResults& results, const RunFacts& facts,
                          Workers* workers = nullptr);

// ---- its sections: training curves, examples over their reconstructions, the layers' weights, and
// the maps of the code. Data that are not pictures get a table of reconstructions, and no weights.
/// A method in plain words: "deep autoencoder, random start"; in a legend "deep, random start". Of
/// "greedy_sparse" and "greedy_sparse_finetuned" the way is named.
struct MethodNames {
  std::string plain, in_legend;
};
MethodNames names_of(const std::string& method);
/// The same; where several ways to pretrain are compared, the main one's say which it is too.
MethodNames names_of(const PretrainResults& results, const MethodResult& method);

/// One loss curve for each layer that was pretrained.
std::string pretraining_curves(const PretrainResults& results);
/// The runs of whole networks against each other: squared error on the test examples, loss on the
/// training examples. Epochs of pretraining are counted.
std::string network_curves(const PretrainResults& results);
/// The chart in network_curves that shows the test examples.
std::string test_curves(const PretrainResults& results);

/// One sentence: the fine-tuned test errors of each way against the random start's; empty without a
/// random start.
std::string what_pretraining_bought(const PretrainResults& results);
/// The first layer's weights after pretraining in each way; empty for one way, and for data that
/// are not pictures.
std::string first_layers(const PretrainResults& results);
/// The weights that touch pixels, as pictures, and for the deeper layers the inputs that excite
/// their units most. Empty for data that are not pictures.
std::string filters(const PretrainResults& results, Workers* workers);

/// Whether the run repeats the experiment of Hinton and Salakhutdinov (2006): MNIST, 60000 and
/// 10000 examples, in 30 numbers; and a table of their errors beside ours, empty for another
/// experiment.
bool is_experiment_of_2006(const PretrainResults& results);
std::string literature(const PretrainResults& results);

/// A sentence on how often the nearest training codes tell the class of a test code; empty without
/// labels.
std::string neighbours_in_words(const PretrainResults& results, const MethodResult& method);
/// The codes of the test examples on a plane, PCA's beside the deep autoencoder's, and pictures
/// decoded from the plane.
std::string maps(PretrainResults& results);

/// The picture of three methods, the test curves and the maps as files of their own, for a slide or
/// a page of text: their names and bytes. Those that make no sense for the data are left out.
struct PictureFile {
  std::string name, bytes;
};
std::vector<PictureFile> picture_files(const PretrainResults& results);

}  // namespace strata::pages
