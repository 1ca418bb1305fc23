// The pages of the dense kinds: what they show is what the model has, and they hold for any data.

#include <doctest/doctest.h>

#include "autoencoders/linear.hpp"
#include "autoencoders/multilayer.hpp"
#include "autoencoders/overcomplete.hpp"
#include "autoencoders/sparse.hpp"
#include "autoencoders/train.hpp"
#include "autoencoders/undercomplete.hpp"
#include "core/data/digits8x8.hpp"
#include "pretraining/kinds/capacity.hpp"
#include "pretraining/kinds/figures.hpp"
#include "pretraining/kinds/parts.hpp"
#include "pretraining/pca.hpp"
#include "pretraining/report_figures.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

struct KindOfPage {
  const char* name;
  DenseAutoencoderOptions options;
  report::Figures figures;
};

std::vector<KindOfPage> pages(std::size_t features) {
  return {{"linear", linear_autoencoder(features, 2, Real(1e-3)), report::linear_figures},
          {"undercomplete", undercomplete_autoencoder(features, 2), report::undercomplete_figures},
          {"overcomplete", overcomplete_autoencoder(features, features + 1), report::overcomplete_figures},
          {"multilayer", multilayer_autoencoder({features, 6, 2}), report::multilayer_figures},
          {"sparse", sparse_autoencoder(features, 9, {.rho = Real(0.1), .beta = 1}), report::sparse_figures}};
}

// The page of a short training.
std::string page_of(const KindOfPage& page, const TrainTest& data, std::size_t epochs = 2) {
  Rng rng(1);
  DenseAutoencoder model(page.options, rng);
  report::TrainRun run{.kind = page.name, .point = "a point", .model = &model, .data = data};
  run.fit.epochs = epochs;
  run.history = train(model, data.train, rng, run.fit);
  run.train_error = reconstruction_error(model, data.train.X);
  if (data.test.size() > 0) run.test_error = reconstruction_error(model, data.test.X);
  run.code = code_statistics(model.encode(data.train.X));
  return report::train_page(run, page.figures);
}

bool has(const std::string& page, const std::string& words) {
  return page.find(words) != std::string::npos;
}

std::size_t count(const std::string& page, const std::string& words) {
  std::size_t n = 0;
  for (std::size_t at = page.find(words); at != std::string::npos; at = page.find(words, at + 1)) ++n;
  return n;
}

}  // namespace

TEST_CASE("the pages hold for data without pictures, labels or test rows, and for very few examples") {
  Rng rng(1);
  for (const std::size_t examples : {3, 30}) {
    for (const KindOfPage& page : pages(5)) {
      CAPTURE(page.name);
      CAPTURE(examples);
      TrainTest table;
      table.train.name = "table";
      table.train.X = uniform_tensor({examples, 5}, rng, 0.1, 0.9);
      const std::string html = page_of(page, table);
      CHECK(has(html, "</html>"));
      CHECK(!has(html, "nan"));
      CHECK(!has(html, " test examples"));  // there are none
      CHECK(count(html, "<section>") == count(html, "</section>"));
      CHECK(count(html, "<figure>") == count(html, "</figure>"));
    }
  }
}

TEST_CASE("the pages of pictures have their sections") {
  TrainTest digits = split_every(digits8x8());
  digits.train = rows(digits.train, 0, 100);
  const char* headings[] = {"The plane that PCA finds", "Through the bottleneck", "It copies noise as well",
                            "A map of the data", "Few units at a time"};
  const std::vector<KindOfPage> all = pages(64);
  for (std::size_t k = 0; k < all.size(); ++k) {
    if (k == 3) continue;  // below: its page trains a second net
    CAPTURE(all[k].name);
    const std::string html = page_of(all[k], digits);
    CHECK(has(html, std::string("<h2>") + headings[k] + "</h2>"));
    CHECK(count(html, "<img class=\"pixels\"") >= 4);
  }
}

TEST_CASE("the parts of an example sum to what the decoder computes") {
  const TrainTest digits = split_every(digits8x8());
  Rng rng(1);
  for (const bool tied : {false, true}) {
    DenseAutoencoderOptions options = sparse_autoencoder(64, 30, {});
    options.tied = tied;
    DenseAutoencoder model(options, rng);
    for (Parameter* p : model.parameters()) p->value = normal_tensor(p->value.shape, rng, 0.5);
    const Tensor x = slice_rows(digits.test.X, 7, 8), h = model.encode(x), W = model.decoder_weights(0);
    const report::Parts all = report::parts_of(model, x, 30), few = report::parts_of(model, x, 4);
    check_close(slice_rows(all.pictures, 30, 31), model.reconstruct(x), by_real(1e-12, 1e-5));
    CHECK(slice_rows(all.sums, 0, 1).values == model.decoder[0].b.value.values);
    CHECK(few.sums.values == slice_rows(all.sums, 0, 5).values);
    double before = 1e30;
    for (std::size_t k = 0; k < 30; ++k) {
      const std::size_t j = all.units[k];
      CHECK(all.weights[k] == h[j]);
      double norm = 0;
      for (std::size_t i = 0; i < 64; ++i) {
        norm += double(W(j, i)) * double(W(j, i));
        check_close(double(all.sums(k + 1, i) - all.sums(k, i)), double(h[j] * W(j, i)), by_real(1e-9, 1e-3),
                    by_real(1e-12, 1e-5));
      }
      CHECK(double(h[j]) * std::sqrt(norm) <= before * 1.0001);
      before = double(h[j]) * std::sqrt(norm);
    }
  }
  DenseAutoencoder deep(multilayer_autoencoder({64, 10, 3}), rng);
  CHECK(error_of([&] { report::parts_of(deep, Tensor({1, 64}), 2); }).find("2 layers") != std::string::npos);
}

TEST_CASE("scrambled rows have the values of each feature, and nothing else in common") {
  const Tensor X = split_every(digits8x8()).test.X;
  Rng rng(1);
  const Tensor noise = report::scrambled(X, rng);
  double difference = 0;
  for (std::size_t j = 0; j < 64; ++j) {
    std::vector<Real> there;
    for (std::size_t i = 0; i < X.rows(); ++i) there.push_back(X(i, j));
    for (std::size_t i = 0; i < X.rows(); ++i) {
      CHECK(std::find(there.begin(), there.end(), noise(i, j)) != there.end());
    }
    difference += std::abs(double(column_means(X)[j] - column_means(noise)[j]));
  }
  CHECK(difference / 64 < 0.03);
  const Pca pca = fit_pca(X, 16);  // what goes together in digits does not in these
  CHECK(squared_error_per_example(noise, pca.reconstruct(noise)) >
        3 * squared_error_per_example(X, pca.reconstruct(X)));
}

TEST_CASE("an overcomplete linear autoencoder reconstructs noise as well as digits") {
  const TrainTest digits = split_every(digits8x8());
  Rng rng(1);
  DenseAutoencoder model(overcomplete_autoencoder(64, 100), rng);
  FitOptions fit{.epochs = 60, .learning_rate = 0.005, .schedule = {.kind = "one_cycle"}};
  train(model, digits.train, rng, fit);
  CHECK(reconstruction_error(model, digits.test.X) < 1e-3);
  CHECK(reconstruction_error(model, report::scrambled(digits.test.X, rng)) < 2e-3);
}

TEST_CASE("capacity: ten examples by heart through one number, and nothing learnt about others") {
  const TrainTest digits = split_every(digits8x8());
  const report::CapacityLesson lesson = report::capacity_lesson(digits, {.epochs = 1800});
  CHECK(lesson.model.code_size() == 1);
  CHECK(lesson.seen.size() == 10);
  CHECK(lesson.unseen.size() == 359);
  CHECK(lesson.seen_error < 0.05);
  CHECK(lesson.unseen_error > 5);  // the mean picture has 4.6
  CHECK(lesson.seen_errors.back() == lesson.seen_error);
  CHECK(lesson.epochs.size() == lesson.unseen_errors.size());
  for (std::size_t label = 0; label < 10; ++label) CHECK(lesson.seen.labels[label] == int(label));
  // without test rows the others are what is left of the training rows
  TrainTest alone;
  alone.train = rows(digits.train, 0, 40);
  const report::CapacityLesson other = report::capacity_lesson(alone, {.epochs = 1});
  CHECK(other.unseen.size() == 30);
}

TEST_CASE("the sparse page says how far rho_hat is from rho") {
  check_close(report::mean_distance_from(0.1, {0.1, 0.3, 0.0}), 0.1, 1e-12);
  const TrainTest digits = split_every(digits8x8());
  Rng rng(1);
  DenseAutoencoder model(sparse_autoencoder(64, 9, {.rho = Real(0.1), .beta = 1}), rng);
  report::TrainRun run{.kind = "sparse", .point = "", .model = &model, .data = digits};
  run.code = code_statistics(model.encode(digits.train.X));
  double sum = 0;
  for (Real one : run.code.mean_activation.values) sum += std::abs(double(one) - 0.1) / 9;
  CHECK(has(report::sparse_figures(run), "the mean of |ρ̂ − ρ| is " + report::number(sum)));
}

TEST_CASE("the linear page: a model that is PCA has angles of 0 and cosines of 1") {
  const TrainTest digits = split_every(digits8x8());
  const Pca pca = fit_pca(digits.train.X, 3);
  Rng rng(1);
  DenseAutoencoder model(linear_autoencoder(64, 3), rng);
  const Tensor turn = Tensor::matrix({{0, 3, 0}, {0, 0, 2}, {1, 0, 0}});  // other axes, other lengths
  const Tensor back = Tensor::matrix({{0, 0, 1}, {Real(1) / 3, 0, 0}, {0, Real(0.5), 0}});
  const auto product = [](const Tensor& A, const Tensor& B) {
    Tensor C({A.rows(), B.cols()});
    for (std::size_t i = 0; i < A.rows(); ++i) {
      for (std::size_t j = 0; j < B.cols(); ++j) {
        for (std::size_t k = 0; k < A.cols(); ++k) C(i, j) += A(i, k) * B(k, j);
      }
    }
    return C;
  };
  model.encoder[0].W.value = product(pca.components, turn);
  model.decoder[0].W.value = product(back, transposed(pca.components));
  report::TrainRun run{.kind = "linear", .point = "", .model = &model, .data = digits};
  const std::string page = report::linear_figures(run);
  // the share of each component that is reconstructed is 1
  CHECK(count(page, "<td class=\"number\">1.000</td></tr>") == 3);
}
