// The page of `strata train KIND`: pretraining/pages/train.hpp, for every kind of the table.

#include "pretraining/pages/train.hpp"

#include "autoencoders/train.hpp"
#include "core/data/toy_sets.hpp"
#include "pretraining/baselines/pca.hpp"
#include "pretraining/cli/common.hpp"
#include "pretraining/cli/kinds/model_options.hpp"
#include "pretraining/pages/blocks.hpp"
#include "pretraining/pages/kinds/figures.hpp"
#include "tests/check_close.hpp"
#include "tests/digits.hpp"
#include "tests/markup.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

using cli::Kind;

// A table of numbers in [0, 1], no pictures.
TrainTest a_table(std::size_t examples, std::size_t features) {
  Rng rng(5);
  Dataset data;
  data.X = uniform_tensor({examples, features}, rng, 0.1, 0.9);
  for (std::size_t i = 0; i < examples; ++i) data.labels.push_back(int(i % 3));
  data.name = "a table";
  return split_every(data);
}

std::unique_ptr<Autoencoder> make(const Kind& kind, const Dataset& data, const Options& options) {
  Rng rng(1);
  return cli::make_model(kind, {data.features(), data.image}, options, rng);
}

// A run of one kind as the command makes it, and its page.
struct Run {
  Options options;
  std::unique_ptr<Autoencoder> model;
  TrainRun run;
  RunFacts facts{"1.2.3", 1, "strata train --data 'a & b' --epochs <3>"};

  Run(const Kind& kind, const TrainTest& data, std::vector<std::string> arguments)
      : options(cli::kind_specs(), arguments),
        model(make(kind, data.train, options)),
        run{.kind = kind.name, .point = kind.point, .model = model.get(), .data = data} {
    const cli::DataShape shape{data.train.features(), data.train.image};
    run.make = [&kind, shape, this](Rng& draws) {
      return cli::make_model(kind, shape, options, draws);
    };
    run.fit = cli::fit_options(kind, data.train.size(), options);
    Rng rng(1);
    run.history = train(*model, data.train, rng, run.fit);
    run.train_error = reconstruction_error(*model, data.train.X);
    if (data.test.size() > 0) run.test_error = reconstruction_error(*model, data.test.X);
    run.code = code_statistics(model->encode(data.train.X));
    run.pages = kind.pages;
  }
  Run(const Run&) = delete;  // run.make refers to it
  std::string page(const Kind& kind) { return page(pages::figures_of(run, kind.figures)); }
  std::string page(const std::string& figures) { return pages::train_page(run, figures, facts); }
};

std::string page_of(const std::string& name, const TrainTest& data,
                    const std::vector<std::string>& arguments = {"--epochs", "1"}) {
  const Kind& kind = cli::kind_named(name);
  return Run(kind, data, arguments).page(kind);
}

std::string cell(double value) {
  return "<td class=\"number\">" + pages::number(value) + "</td>";
}

}  // namespace

TEST_CASE("train page: every kind, after one epoch and after none") {
  for (const Kind& kind : cli::kinds()) {
    CAPTURE(kind.name);
    for (const char* epochs : {"1", "0"}) {
      Run one(kind, some_digits(60), {"--epochs", epochs});
      const std::string page = one.page(kind);
      check_page(page);
      CHECK(contains(page, one.run.model->architecture()));
      CHECK(contains(page, cell(one.run.train_error) + cell(one.run.test_error)));
      CHECK(contains(page, cell(one.run.code.mean_of_means)));
      CHECK(contains(page, text(count_of(one.model->parameters()), " weights")));
      CHECK(contains(page, "<code>docs/guide/compare.md</code>"));
      CHECK(contains(page, "--data &#39;a &amp; b&#39; --epochs &lt;3&gt;"));
      CHECK(contains(page, *epochs == '0' ? "It was not trained (0 epochs)"
                                          : "Trained on 48 examples for 1 epoch of "));
      CHECK(contains(page, "<h2>Training</h2>") == (*epochs == '1'));  // else nothing is below it
    }
  }
}

TEST_CASE(
    "train page: data that are not pictures, without labels, without test rows, of one feature, of "
    "one row") {
  TrainTest nameless = a_table(40, 7), no_test = a_table(30, 7), digits_alone = some_digits(40);
  nameless.train.labels = nameless.test.labels = {};
  nameless.train.name = nameless.test.name = "<b>.csv";
  no_test.test = {};
  digits_alone.test = {};
  digits_alone.train.labels = {};
  TrainTest single = a_table(40, 7);
  single.train = rows(single.train, 0, 1);
  for (const Kind& kind : cli::kinds()) {
    for (const TrainTest& data : {nameless, no_test, a_table(40, 1), digits_alone, single}) {
      CAPTURE(kind.name);
      CAPTURE(data.train.name);
      CAPTURE(data.train.features());
      try {
        make(kind, data.train, Options(cli::kind_specs(), {}));
      } catch (const UsageError&) {
        continue;  // the kind needs pictures, or more features
      }
      const std::string page = page_of(kind.name, data);
      check_page(page);
      CHECK_FALSE(contains(page, "<b>.csv"));
      if (data.test.size() == 0) CHECK_FALSE(contains(page, " test examples"));
      if (data.train.name == "<b>.csv") CHECK(contains(page, "on &lt;b&gt;.csv</h1>"));
    }
  }
  CHECK_FALSE(contains(page_of("undercomplete", no_test), "test row, feature"));
  CHECK(contains(page_of("undercomplete", no_test), "training row, feature"));
  CHECK(contains(page_of("undercomplete", nameless), "test row, feature"));
  CHECK(contains(page_of("undercomplete", digits_alone), "all training pictures"));
  CHECK(contains(page_of("undercomplete", some_digits(60)), "Test pictures of classes "));
}

TEST_CASE("train page: PCA is the yardstick of a narrow code, and none of a wide one") {
  const TrainTest data = some_digits(100);
  const std::string narrow = page_of("undercomplete", data);
  const Pca pca = fit_pca(data.train.X, 16);
  CHECK(contains(narrow,
                 "PCA with 16 numbers</th>" +
                     cell(squared_error_per_example(data.train.X, pca.reconstruct(data.train.X))) +
                     cell(squared_error_per_example(data.test.X, pca.reconstruct(data.test.X)))));
  CHECK_FALSE(contains(narrow, "as wide as the data"));
  const std::string wide = page_of("sparse", data);
  CHECK_FALSE(contains(wide, "PCA with 64"));
  CHECK(contains(wide, "as wide as the data or wider"));
}

TEST_CASE(
    "train page: the terms and the curve are those of the run, and the kind's page is named") {
  const Kind& sparse = cli::kind_named("sparse");
  Run run(sparse, some_digits(100), {"--epochs", "3"});
  const std::string page = run.page(sparse);
  for (const TermValue& term : run.run.history.epochs.back().terms)
    CHECK(contains(
        page, "<th scope=\"row\">" + term.name +
                  (term.name == "reconstruction" ? " (half_mse, half the squared error)" : "") +
                  "</th>" + cell(term.value)));
  CHECK(contains(page, "The objective over the epochs"));
  CHECK(
      contains(page, "<code>docs/guide/sparse.md</code> and <code>docs/guide/sparse-kl.md</code>"));
  CHECK(contains(page_of("linear", some_digits(60)), "<code>docs/guide/linear.md</code>"));
  CHECK(contains(page_of("lstm", some_digits(60)), "<code>docs/guide/lstm.md</code>"));
}

TEST_CASE("train page: the loss has a name") {
  const auto loss_of = [](const char* kind, std::vector<std::string> arguments) {
    const Options options(cli::kind_specs(), arguments);
    return name_of_loss(*make(cli::kind_named(kind), some_digits(20).train, options));
  };
  const std::string bce = "bce, nats", half_mse = "half_mse, half the squared error";
  CHECK(loss_of("linear", {}) == half_mse);
  CHECK(loss_of("multilayer", {"--loss", "bce"}) == bce);
  CHECK(loss_of("multilayer", {"--loss", "half_mse"}) == half_mse);
  CHECK(loss_of("denoising", {"--loss", "bce"}) == bce);
  CHECK(loss_of("denoising", {"--loss", "half_mse"}) == half_mse);
  CHECK(loss_of("contractive", {"--loss", "bce"}) == bce);
  CHECK(loss_of("convolutional", {"--loss", "bce"}) == bce);
  CHECK(loss_of("lstm", {}) == half_mse);
  CHECK(loss_of("variational", {}) == "−log p(x|z), nats");
}

TEST_CASE("train page: what a kind adds stands first") {
  const Kind& kind = cli::kind_named("undercomplete");
  Run run(kind, some_digits(60), {"--epochs", "1"});
  const std::string page = run.page(pages::section("Its point", "<p>undercomplete</p>\n"));
  check_page(page);
  CHECK(page.find("<h2>Its point</h2>\n<p>undercomplete</p>") < page.find("<h2>Originals"));
}

TEST_CASE("train page: the dense kinds have a section of their own, with pictures") {
  const std::pair<const char*, const char*> headings[] = {
      {"linear", "Not yet the plane that PCA finds"},
      {"undercomplete", "Through the bottleneck"},
      {"overcomplete", "And noise"},
      {"multilayer", "A map of the data"},
      {"sparse", "Few units at a time"}};
  for (const auto& heading : headings) {
    CAPTURE(heading.first);
    const std::string page = page_of(heading.first, some_digits(125));
    CHECK(contains(page, std::string("<h2>") + heading.second + "</h2>"));
    CHECK(count(page, "<img class=\"pixels\"") >= 4);
  }
}
