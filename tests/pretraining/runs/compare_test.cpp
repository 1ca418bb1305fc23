// pretraining/runs/compare.hpp and its page.

#include "pretraining/runs/compare.hpp"

#include <cmath>
#include <iomanip>
#include <sstream>

#include "autoencoders/jacobian.hpp"
#include "autoencoders/overcomplete.hpp"
#include "autoencoders/sparse.hpp"
#include "autoencoders/train.hpp"
#include "autoencoders/undercomplete.hpp"
#include "core/io/files.hpp"
#include "pretraining/baselines/nearest_neighbours.hpp"
#include "pretraining/cli/kinds/kinds.hpp"
#include "pretraining/pages/compare.hpp"
#include "tests/check_close.hpp"
#include "tests/digits.hpp"
#include "tests/markup.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

History trained(DenseAutoencoder& model, const Dataset& data, std::size_t epochs) {
  Rng rng(1);
  FitOptions options;
  options.epochs = epochs;
  return train(model, data, rng, options);
}

// With one narrow and one wide member.
CompareResults small_family(const TrainTest& data, std::size_t code_size = 4) {
  CompareResults family = start_compare(data, code_size, 3, 1);
  Rng rng(2);
  const std::size_t d = data.train.features();
  DenseAutoencoder narrow(undercomplete_autoencoder(d, code_size), rng);
  DenseAutoencoder wide(sparse_autoencoder(d, d + 6, {.beta = Real(0.1)}), rng);
  const History of_narrow = trained(narrow, data.train, 2), of_wide = trained(wide, data.train, 2);
  add_member(family, "undercomplete", "a bottleneck", narrow, of_narrow);
  add_member(family, "sparse", "few active", wide, of_wide);
  return family;
}

std::string page_of(const CompareResults& family) {
  return pages::compare_page(family, {"1.2.3", 1, "strata compare --data 'a & b'"});
}

}  // namespace

TEST_CASE(
    "Hoyer's sparseness: 0 where all are as large, 1 where one is alone, whatever the scale and "
    "the signs") {
  CHECK(*hoyer_sparseness(Tensor::matrix({{2, -2, 2, 2}})) == 0);
  CHECK(*hoyer_sparseness(Tensor::matrix({{0, 0, -7, 0}})) == 1);
  // (√4 − 7/5) / (√4 − 1), as in figure 3 of the paper one number between
  check_close(*hoyer_sparseness(Tensor::matrix({{3, 0, 4, 0}})), 0.6, by_real(1e-14, 1e-6));
  check_close(*hoyer_sparseness(Tensor::matrix({{-30, 0, 40, 0}, {1, 1, 1, 1}, {0, 0, 0, 0}})), 0.3,
              by_real(1e-14, 1e-6));  // the mean over rows; one of zeros has none
  CHECK_FALSE(hoyer_sparseness(Tensor({3, 4})).has_value());
  CHECK_FALSE(hoyer_sparseness(Tensor({3, 1}, 2)).has_value());
  Rng rng(1);
  check_close(*hoyer_sparseness(normal_tensor({2000, 100}, rng)),
              (10 - 10 * std::sqrt(2 / 3.14159265)) / 9, 0.02);
}

TEST_CASE("total variance is the sum over columns, over m") {
  check_close(total_variance(Tensor::matrix({{1, 10}, {3, 10}, {5, 40}})), 8.0 / 3 + 200,
              by_real(1e-13, 1e-6));
  CHECK(total_variance(Tensor({7, 2}, Real(0.1))) == 0);
}

TEST_CASE("relative contraction: a copy has 1, and the scale of the code does not matter") {
  Rng rng(3);
  const Tensor X = normal_tensor({50, 6}, rng);
  check_close(*relative_contraction(6, X, X), 1, 1e-12);
  Tensor H = X;
  for (Real& h : H.values) h *= 8;
  check_close(*relative_contraction(64 * 6, X, H), 1, by_real(1e-12, 1e-5));
  CHECK_FALSE(relative_contraction(6, X, Tensor({50, 3}, 2)).has_value());
}

// h = (x + b) A is affine: x̃ = x + noise of variance s² in each feature moves h by s² ‖A‖²_F
// on average.
TEST_CASE("relative contraction is what noise does to the code, measured") {
  Rng rng(4);
  DenseAutoencoder model(overcomplete_autoencoder(5, 7), rng);
  const Tensor X = normal_tensor({20000, 5}, rng);
  const double s = std::sqrt(total_variance(X) / 5);
  const Tensor noise = normal_tensor(X.shape, rng, s);
  Tensor moved = X;
  for (std::size_t i = 0; i < X.size(); ++i) moved[i] += noise[i];
  const Tensor H = model.encode(X);
  const double measured = squared_error_per_example(H, model.encode(moved)) / total_variance(H);
  const double contraction = mean_squared_frobenius_norm(model, slice_rows(X, 0, 3));
  check_close(*relative_contraction(contraction, X, H), measured, 0.03);
}

TEST_CASE(
    "the yardsticks: raw data copy, and PCA has its error, an orthonormal Jacobian and its "
    "neighbours") {
  const TrainTest data = some_digits(300);
  const CompareResults family = start_compare(data, 8, 5, 1);
  const CompareMember &raw = family.members[0], &pca = family.members[1];
  CHECK(raw.train_error == 0);
  CHECK(*raw.test_error == 0);
  CHECK(raw.measures.contraction == 64);
  check_close(*raw.measures.relative_contraction, 1, 1e-12);
  check_close(*raw.measures.neighbour_accuracy,
              neighbour_accuracy(data.train.X, data.train.labels, data.test.X, data.test.labels, 5),
              1e-12);
  const Pca fitted = fit_pca(data.train.X, 8);
  CHECK(pca.test_error == squared_error_per_example(data.test.X, fitted.reconstruct(data.test.X)));
  CHECK(pca.measures.contraction == 8);
  CHECK(pca.codes.values == fitted.transform(data.test.X).values);
  CHECK(*pca.measures.relative_contraction < 1);
}

TEST_CASE("a member's row: errors, code and measures are those of the model") {
  const TrainTest data = some_digits(200);
  Rng rng(2);
  DenseAutoencoder model(undercomplete_autoencoder(64, 5), rng);
  const History history = trained(model, data.train, 3);
  CompareResults family = start_compare(data, 5, 3, 1);
  const CompareMember m = add_member(family, "undercomplete", "a bottleneck", model, history);
  CHECK(m.common_size);
  CHECK(m.epochs == 3);
  CHECK(m.weights == count_of(model.parameters()));
  CHECK(m.train_error == reconstruction_error(model, data.train.X));
  CHECK(*m.test_error == reconstruction_error(model, data.test.X));
  CHECK(m.seconds == history.seconds);
  const Tensor H = model.encode(data.test.X);
  CHECK(m.codes.values == H.values);
  CHECK(m.measures.mean_activation == code_statistics(H).mean_of_means);
  CHECK(m.measures.hoyer == hoyer_sparseness(H));
  check_close(m.measures.contraction, mean_squared_frobenius_norm(model, data.test.X),
              by_real(1e-12, 1e-5));
  check_close(*m.measures.relative_contraction,
              m.measures.contraction * total_variance(data.test.X) / 64 / total_variance(H),
              by_real(1e-12, 1e-5));
  CHECK(*m.measures.neighbour_accuracy ==
        neighbour_accuracy(model.encode(data.train.X), data.train.labels, H, data.test.labels, 3));
}

TEST_CASE("exact zeros are counted: a ReLU code has them") {
  const TrainTest data = some_digits(100);
  Rng rng(2);
  DenseAutoencoderOptions options = sparse_autoencoder(64, 20, {});
  options.code = Activation::relu;
  DenseAutoencoder model(options, rng);
  CompareResults family = start_compare(data, 5, 3, 1);
  const CompareMember& m = add_member(family, "sparse", "", model, {});
  CHECK(m.measures.share_of_zeros > 0.2);
  CHECK(m.measures.share_of_zeros == code_statistics(model.encode(data.test.X)).share_of_zeros);
  CHECK_FALSE(m.common_size);
}

TEST_CASE("results.json has every row, null for what cannot be had") {
  TrainTest data = some_digits(100);
  const Json json = compare_results_json(small_family(data), {"1.2.3", 2});
  REQUIRE(json.at("members").items().size() == 4);
  CHECK(json.at("members").items()[2].at("name").as_string() == "undercomplete");
  CHECK(json.at("members").items()[3].at("neighbour_accuracy").as_number() > 0);
  CHECK(json.at("code_size").as_size() == 4);
  data.train.labels = {};
  CHECK(compare_results_json(small_family(data), {"1", 2})
            .at("members")
            .items()[0]
            .at("neighbour_accuracy")
            .is_null());
  data.test = {};
  CHECK(compare_results_json(small_family(data), {"1", 2})
            .at("members")
            .items()[2]
            .at("test_error")
            .is_null());
}

TEST_CASE("the page holds the table, the same pictures for every member, and a map of each code") {
  CompareResults family = small_family(some_digits(150));
  family.left_out = {{"b", "needs <pictures>"}, {"c", "needs <pictures>"}};
  const std::string page = page_of(family);
  check_page(page);
  CHECK(tags(page, "img").size() == 4);  // the originals and three members
  CHECK(tags(page, "svg").size() == 4);
  for (const CompareMember& m : family.members) {
    CHECK(contains(page, text("<td class=\"number\">", m.weights, "</td>")));
    std::ostringstream percent;
    percent << std::fixed << std::setprecision(1) << 100 * *m.measures.neighbour_accuracy
            << " %</td>";
    CHECK(contains(page, percent.str()));
  }
  CHECK(contains(page, "Left out: b, c: needs &lt;pictures&gt;"));
  CHECK(contains(page, "a code of 4 numbers"));
  CHECK(contains(page, "a code of a size of their own"));
  CHECK(contains(page, "strata compare --data &#39;a &amp; b&#39;"));
  // Two epochs are too few for anything
  CHECK(contains(page, "With a code of 4, no kind does better than answering with the means"));
  CHECK(contains(page, "docs/guide/compare.md"));
}

TEST_CASE(
    "the page holds without labels, test rows or pictures, with codes of one and two numbers, and "
    "few rows") {
  TrainTest data = some_digits(60);
  data.train.name = data.test.name = "<b>.csv";
  for (std::size_t code_size : {std::size_t(1), std::size_t(2)})
    check_page(page_of(small_family(data, code_size)));
  data.train.labels = data.test.labels = {};
  std::string page = page_of(small_family(data));
  check_page(page);
  CHECK(contains(page, "The data have no labels"));
  CHECK_FALSE(contains(page, "neigh&shy;bours</th>"));
  CHECK_FALSE(contains(page, "<b>.csv"));
  data.train.image = data.test.image = {};
  page = page_of(small_family(data));
  check_page(page);
  CHECK(tags(page, "img").empty());
  data.test = {};
  page = page_of(small_family(data));
  check_page(page);
  CHECK_FALSE(contains(page, "test error"));
  CHECK(contains(page, "of 48 training examples"));
  data.train = rows(data.train, 0, 2);
  check_page(page_of(small_family(data, 1)));
}

TEST_CASE("a family needs two rows, and sizes that make sense") {
  TrainTest data = some_digits(60);
  CHECK(contains(error_of([&] { start_compare(data, 0, 5, 1); }), "both must be 1 or more"));
  CHECK(start_compare(data, 100, 1000, 1).neighbours == data.train.size());
  data.train = rows(data.train, 0, 1);
  CHECK(contains(error_of([&] { start_compare(data, 4, 5, 1); }), "2 or more are needed"));
}

TEST_CASE(
    "both tables of docs/guide/compare.md have every kind, in the order of the table of kinds") {
  std::vector<std::string> described, measured;
  bool measuring = false;
  std::istringstream page(read_file("docs/guide/compare.md"));
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("<!-- ")) measuring = line.starts_with("<!-- table");
    if (line.starts_with("| [")) described.push_back(line.substr(3, line.find(']') - 3));
    if (measuring && !line.starts_with("<!--") && !line.starts_with("```") && line[0] != ' ')
      measured.push_back(line.substr(0, line.find("  ")));
  }
  std::vector<std::string> names, rows = {"raw data", "PCA"};
  for (const cli::Kind& kind : cli::kinds()) {
    names.push_back(kind.name);
    rows.push_back(kind.name);
  }
  CHECK(described == names);
  CHECK(measured == rows);  // tests/checks/family_table.sh measures it anew
}

TEST_CASE(
    "compare: the opening names all that are as good as the best, and praises no empty code") {
  CompareResults family = small_family(some_digits(150));
  const CompareMember narrow = family.members[2];
  const auto member = [&](const char* name, double error, double right, double contraction) {
    CompareMember m = narrow;
    m.name = name;
    m.test_error = error;
    m.measures.neighbour_accuracy = right;
    m.measures.relative_contraction = contraction;
    return m;
  };
  family.members.resize(2);
  family.of_means.test = family.of_means.test_variance = 4;
  family.members[1].test_error = 3;  // PCA
  family.members[1].measures.neighbour_accuracy = 0.5;
  for (const CompareMember& m : {member("a", 1, 0.8, 0.9), member("b", 1.04, 0.79, 0.5),
                                 member("c", 1.2, 0.5, 0.8), member("empty", 4, 0.1, 0.001)})
    family.members.push_back(m);
  std::string page = page_of(family);
  CHECK(contains(page, "With a code of 4, a and b reconstruct best (test errors 1"));
  CHECK(contains(page, "The codes of a and b keep classes together best (80.0 % to 79.0 %"));
  CHECK(contains(page, "The code of b is moved least by noise (0.5"));

  family.members[1].measures.neighbour_accuracy = 0.99;
  CHECK(contains(page_of(family), "The codes of PCA keep classes together best (99.0 %"));
  for (std::size_t i = 1; i < family.members.size(); ++i)
    family.members[i].measures.neighbour_accuracy = 0;
  CHECK(contains(page_of(family), "No code of 4 keeps classes apart better than always answering"));
  for (std::size_t i = 2; i < family.members.size(); ++i) family.members[i].test_error = 3.95;
  family.members[1].test_error = 3.99;
  page = page_of(family);
  CHECK(contains(page, "no kind does better than answering with the means of the columns"));
  CHECK_FALSE(contains(page, "least by noise"));
}

TEST_CASE("compare: what is to be said of several members is said once") {
  CompareResults family = small_family(some_digits(150));
  family.members[2].remarks = {"x", "y"};
  family.members[3].remarks = {"y"};
  CHECK(family.remarks() ==
        std::vector<std::string>{"undercomplete: x", "undercomplete, sparse: y"});
  check_close(family.explained(family.members[3]),
              1 - *family.members[3].test_error / total_variance(family.data.test.X), 1e-12);
}
