// pretraining/pages/pretrain.hpp and the pictures on it.

#include "pretraining/pages/pretrain.hpp"

#include <cmath>

#include "core/charts/html.hpp"
#include "core/data/toy_sets.hpp"
#include "pretraining/pages/unit_pictures.hpp"
#include "pretraining/pages/words.hpp"
#include "tests/check_close.hpp"
#include "tests/digits.hpp"
#include "tests/markup.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

TrainTest a_table(const std::string& name) {
  Rng rng(4);
  Dataset data = blobs(60, 7, 3, 0.2, rng);
  data.name = name;
  return split_every(data);
}

PretrainOptions quick(std::vector<std::size_t> sizes) {
  PretrainOptions options;
  options.sizes = std::move(sizes);
  options.pretrain_epochs = 1;
  options.fine_tuning.epochs = 2;
  return options;
}

PretrainOptions quick_table(std::vector<std::size_t> sizes) {
  PretrainOptions options = quick(std::move(sizes));
  options.output = Activation::linear;
  options.loss = Loss::half_mse;
  return options;
}

std::string page_of(PretrainResults& comparison) {
  return pages::pretrain_page(comparison,
                              {"1.2.3", 2, "strata pretrain --data 'a & b' --epochs <3>"});
}

std::string page_of(const TrainTest& data, const PretrainOptions& options) {
  PretrainResults comparison = run_pretrain(data, options);
  return page_of(comparison);
}

// z of a layer, for the rows of X, by the formula.
Tensor pre_activations(const DenseAutoencoder& model, std::size_t layer, const Tensor& X) {
  Tensor a = X, z;
  for (std::size_t k = 0; k < layer; ++k) {
    const Dense& dense = model.encoder[k];
    z = Tensor({X.rows(), dense.outputs()});
    for (std::size_t i = 0; i < X.rows(); ++i) {
      for (std::size_t j = 0; j < dense.outputs(); ++j) {
        double sum = dense.b.value[j];
        for (std::size_t l = 0; l < dense.inputs(); ++l)
          sum += double(a(i, l)) * double(dense.W.value(l, j));
        z(i, j) = Real(sum);
      }
    }
    a = z;
    dense.activation.rule().values(z.values, a.values);
  }
  return z;
}

double row_length(const Tensor& X, std::size_t i) {
  double sum = 0;
  for (std::size_t j = 0; j < X.cols(); ++j) sum += double(X(i, j)) * double(X(i, j));
  return std::sqrt(sum);
}

DenseAutoencoder deep_model(Activation hidden) {
  Rng rng(8);
  DenseAutoencoderOptions options;
  options.sizes = {12, 20, 9, 4};
  options.hidden = hidden;
  options.code = Activation::linear;
  DenseAutoencoder model(options, rng);
  for (Dense& layer : model.encoder) {
    layer.W.value = normal_tensor(layer.W.value.shape, rng, 0.7);
    layer.b.value = normal_tensor(layer.b.value.shape, rng, 0.3);
  }
  return model;
}

}  // namespace

TEST_CASE(
    "pretrain page: a code of two numbers has its maps, a grid, every figure and the numbers of "
    "the run") {
  PretrainResults comparison = run_pretrain(some_digits(150), quick({64, 12, 6, 2}));
  const std::string page = page_of(comparison);
  check_page(page);
  CHECK(contains(page, "The code is two numbers, so it is a map: 30 test examples"));
  CHECK(contains(page, "15×15 pictures decoded from the plane of the code"));
  CHECK(contains(page, "The labels only colour the map"));
  CHECK(contains(page, "64-12-6-2"));
  CHECK(contains(page, "120 training examples"));
  CHECK(contains(page, text("Seed 1, numbers of type ", real_name, ", 2 threads")));
  CHECK(contains(page, "squared error per example, the sum over pixels"));
  CHECK(contains(page, "Strata 1.2.3"));
  CHECK(contains(page, "--data &#39;a &amp; b&#39; --epochs &lt;3&gt;"));
  CHECK(contains(page, "docs/guide/pretrain.md"));
  for (const MethodResult& m : comparison.methods) {
    CHECK(contains(page, pages::names_of(m.name).plain));
    CHECK(contains(page, "<td class=\"number\">" + pages::number(m.train_error) + "</td>"));
    CHECK(contains(page, "<td class=\"number\">" + pages::number(m.test_error) + "</td>"));
    const double ratio = m.test_error / comparison.method("pca").test_error;
    CHECK(contains(page, "<td class=\"number\">" + pages::number(ratio) + "</td>"));
  }
  CHECK(count(page, "<tr class=\"best\">") == 1);
  // In a caption beside each map, and in the table.
  CHECK(count(page, "The 5 nearest training codes of a test code (among all 120)") == 2);
  CHECK(contains(page, "class by 5 neighbours, test"));
  for (const char* name : {"pca", "greedy_finetuned"})
    CHECK(count(page, pages::percent(*comparison.method(name).neighbour_accuracy)) >= 2);
  CHECK_FALSE(contains(page, "Logistic PCA is left out"));
  CHECK_FALSE(contains(page, "The same experiment in the literature"));
  for (const GreedyStage& stage : comparison.main_stages())
    CHECK(contains(page, text(">", stage.trained_weights, "</td>")));
  // The picture of three methods, four strips; seven strips, two grids, three figures of PCA and
  // the shallow network, three of layer 1 and the last decoder, layers 2, 3.
  CHECK(tags(page, "img").size() == 7 + 2 + 3 + 3 + 2);
  // Two maps, a curve for each of three layers, whole networks on training and test examples.
  CHECK(tags(page, "svg").size() == 2 + 3 + 2);
}

TEST_CASE("pretrain page: the winner is the method with the lowest test error") {
  PretrainResults comparison = run_pretrain(some_digits(60), quick({64, 5, 2}));
  const auto lead_with_errors = [&](std::vector<double> errors) {
    for (std::size_t k = 0; k < errors.size(); ++k) comparison.methods[k].test_error = errors[k];
    const std::string page = page_of(comparison);
    const std::size_t at = page.find("<p class=\"lead\">");
    return page.substr(at, page.find("</p>", at) - at);
  };
  const std::string deep = lead_with_errors({4, 4.5, 5, 3, 6, 1});
  CHECK(contains(deep, "1.000 (deep autoencoder, pretrained, then fine-tuned)"));
  CHECK(contains(deep, "PCA's is 4.000: the ratio is 0.250, or 75 % less"));
  const std::string linear = lead_with_errors({2, 2.5, 5, 3, 6, 4});
  CHECK(contains(linear, "PCA has the lowest error on the test examples, 2.000"));
  CHECK(contains(linear, "(deep autoencoder, random start) has 3.000, 1.500 times as much"));
}

TEST_CASE("pretrain page: without labels there is one colour and no legend") {
  const std::string page = page_of(some_digits(100, false), quick({64, 10, 2}));
  check_page(page);
  CHECK_FALSE(contains(page, "The labels only colour"));
  CHECK_FALSE(contains(page, "of classes"));
  const std::string with_labels = page_of(some_digits(100), quick({64, 10, 2}));
  CHECK(contains(with_labels, "of classes 0, 1, 2"));
  CHECK(contains(with_labels, "<g class=\"chart-mark fill-2\">"));
  CHECK_FALSE(contains(page, "<g class=\"chart-mark fill-2\">"));
}

TEST_CASE("pretrain page: codes of one number and of eight") {
  for (bool labels : {true, false}) {
    const std::string one = page_of(some_digits(100, labels), quick({64, 10, 1}));
    check_page(one);
    CHECK(contains(one, "both codes fit on one map"));
    CHECK(contains(one, "12 pictures decoded along the code of PCA"));
    const std::string eight = page_of(some_digits(100, labels), quick({64, 10, 8}));
    check_page(eight);
    CHECK(contains(eight,
                   "The code has 8 numbers; the map shows its two leading principal directions"));
    CHECK(contains(eight, "second principal direction"));
  }
}

TEST_CASE("pretrain page: one layer is deep enough, and two test examples are too few for a map") {
  check_page(page_of(some_digits(100), quick({64, 3})));
  const std::string page = page_of(some_digits(10), quick({64, 6, 2}));
  check_page(page);
  CHECK(contains(page, "too few test examples for a map"));
}

TEST_CASE("pretrain page: training for no epochs leaves empty charts") {
  PretrainOptions options = quick({64, 6, 2});
  options.pretrain_epochs = options.fine_tuning.epochs = 0;
  const std::string page = page_of(some_digits(60), options);
  check_page(page);
  CHECK(contains(page, "no data"));
}

TEST_CASE("pretrain page: data that are not pictures get tables, and their name is escaped") {
  const std::string page = page_of(a_table("<b>&.csv"), quick_table({7, 5, 2}));
  check_page(page);
  CHECK(contains(page, "Greedy pretraining next to PCA: &lt;b&gt;&amp;.csv</h1>"));
  CHECK_FALSE(contains(page, "<b>&.csv"));
  CHECK_FALSE(contains(page, "&amp;amp;"));
  CHECK(tags(page, "img").empty());
  CHECK(contains(page, "These data are not pictures"));
  CHECK(contains(page, "Logistic PCA is left out: it needs data in [0, 1]."));
  CHECK(contains(page, "In this run 5 methods"));
  CHECK(contains(page, "sum over features"));
  CHECK(contains(page, "3 test examples, the first 6 of 7 features"));
  CHECK(contains(page, "row 1, feature&nbsp;6"));
  CHECK_FALSE(contains(page, "What the units look for"));
  check_page(page_of(a_table("t"), quick_table({7, 5, 1})));
  check_page(page_of(a_table("t"), quick_table({7, 5, 3})));
}

TEST_CASE("report: the penalties of sparse layers have lines of their own") {
  PretrainOptions options = quick({64, 6, 2});
  options.ways = {"sparse"};
  options.layer.beta = Real(0.5);
  const std::string page = page_of(some_digits(60), options);
  check_page(page);
  CHECK(contains(page, ">sparsity</text>"));
  CHECK_FALSE(contains(page_of(some_digits(60), quick({64, 6, 2})), ">sparsity</text>"));
}

TEST_CASE(
    "pretrain page: labels that are many or large do not matter, and the page changes no model") {
  TrainTest data = some_digits(200);
  for (std::size_t i = 0; i < data.test.labels.size(); ++i) data.test.labels[i] = int(i) * 1000 - 5;
  PretrainResults comparison = run_pretrain(data, quick({64, 6, 2}));
  const Tensor codes = comparison.method("greedy_finetuned").test_codes;
  std::vector<Tensor> gradients;
  for (const Parameter* p : comparison.deep.parameters()) gradients.push_back(p->grad);
  const std::string page = page_of(comparison);
  check_page(page);
  CHECK_FALSE(contains(page, "The labels only colour"));
  CHECK(comparison.deep.encode(comparison.test.X).values == codes.values);
  for (std::size_t k = 0; k < gradients.size(); ++k) {
    CHECK(comparison.deep.parameters()[k]->grad.values == gradients[k].values);
  }
  CHECK(page == page_of(comparison));
}

TEST_CASE(
    "pretrain page: the literature's figures stand beside those of the same experiment, and no "
    "other") {
  PretrainResults c = run_pretrain(some_digits(60), quick({64, 6, 2}));
  CHECK_FALSE(pages::is_experiment_of_2006(c));
  c.train.X = Tensor({60000, 784});  // as far as the test looks at it, MNIST
  c.test.X = Tensor({10000, 784});
  c.options.sizes = {784, 30};
  c.pca.mean = Tensor({784}, Real(0.13066));
  CHECK(pages::is_experiment_of_2006(c));
  const std::string table = pages::literature(c);
  for (const char* error : {"3.00", "8.01", "13.87"}) CHECK(contains(table, error));
  CHECK(contains(table, pages::number(c.method("logistic_pca").test_error)));
  c.pca.mean.fill(Real(0.286));  // Fashion-MNIST
  CHECK_FALSE(pages::is_experiment_of_2006(c));
  CHECK(pages::literature(c).empty());
  c.pca.mean.fill(Real(0.13066));
  c.options.sizes = {784, 2};
  CHECK_FALSE(pages::is_experiment_of_2006(c));
}

TEST_CASE("pretrain page: numbers for people") {
  CHECK(pages::number(3.27562) == "3.276");
  CHECK(pages::number(0) == "0.000");
  CHECK(pages::number(-13.8) == "−13.800");
  CHECK(pages::number(0.0123456) == "0.01235");
  CHECK(pages::number(1234567.0) == "1.235e+06");
}

TEST_CASE("exciting inputs: for layer 1 they are the weights, at the bound") {
  const DenseAutoencoder model = deep_model(Activation::sigmoid);
  const Tensor D = pages::exciting_inputs(model, 1, {.bound = 2.5, .most_units = 7});
  REQUIRE(text(D.shape) == "7×12");
  const Tensor W = transposed(model.encoder[0].W.value);
  for (std::size_t j = 0; j < 7; ++j) {
    const double length = row_length(W, j);
    for (std::size_t i = 0; i < 12; ++i) {
      check_close(D(j, i), 2.5 * W(j, i) / length, by_real(1e-12, 1e-5));
    }
  }
}

TEST_CASE("exciting inputs: in deeper layers they are within the bound and beat random inputs") {
  Rng rng(21);
  for (Activation hidden : {Activation::sigmoid, Activation::tanh, Activation::relu}) {
    const DenseAutoencoder model = deep_model(hidden);
    pages::ExcitingOptions options;
    options.bound = 1.7;
    options.centre = uniform_tensor({12}, rng, 0, 1);
    for (std::size_t layer : {2, 3}) {
      const Tensor D = pages::exciting_inputs(model, layer, options);
      REQUIRE(D.rows() == model.encoder[layer - 1].outputs());
      const std::size_t tries = 50;
      Tensor X({D.rows() + tries, 12});
      Tensor random = normal_tensor({tries, 12}, rng);
      for (std::size_t i = 0; i < X.rows(); ++i) {
        const bool found = i < D.rows();
        const std::size_t row = found ? i : i - D.rows();
        const double factor = found ? 1 : options.bound / row_length(random, row);
        for (std::size_t f = 0; f < 12; ++f) {
          X(i, f) = Real(options.centre[f] + factor * double(found ? D(row, f) : random(row, f)));
        }
      }
      const Tensor z = pre_activations(model, layer, X);
      for (std::size_t j = 0; j < D.rows(); ++j) {
        INFO("layer ", layer, ", unit ", j);
        CHECK(row_length(D, j) <= options.bound * (1 + by_real(1e-12, 1e-5)));
        for (std::size_t r = 0; r < tries; ++r) CHECK(z(j, j) > z(D.rows() + r, j));
      }
      CHECK(D.values == pages::exciting_inputs(model, layer, options).values);
    }
  }
}

TEST_CASE("exciting inputs: a unit that reacts to nothing stays at 0") {
  DenseAutoencoder model = deep_model(Activation::relu);
  model.encoder[0].b.value.fill(-1000);  // every ReLU below is off
  const Tensor D = pages::exciting_inputs(model, 2);
  CHECK(largest_magnitude(D) == 0);
  model.encoder[0].W.value.fill(0);
  CHECK(largest_magnitude(pages::exciting_inputs(model, 1)) == 0);
}

TEST_CASE("exciting inputs: wrong calls are told") {
  const DenseAutoencoder model = deep_model(Activation::sigmoid);
  CHECK(error_of([&] { pages::exciting_inputs(model, 0); }) ==
        "exciting_inputs: there is no encoder layer 0 (layers 1 to 3)");
  CHECK(contains(error_of([&] { pages::exciting_inputs(model, 4); }), "no encoder layer 4"));
  CHECK(contains(error_of([&] { pages::exciting_inputs(model, 2, {.centre = Tensor({5})}); }),
                 "the centre is 5 but"));
  CHECK(contains(error_of([&] { pages::exciting_inputs(model, 2, {.bound = 0}); }),
                 "the bound is 0"));
}
