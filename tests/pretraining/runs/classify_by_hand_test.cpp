// The experiment of pretraining/runs/classify.hpp and few_labels.hpp against its parts called one
// by one: which rows each method learns from, which rows judge it, and what it starts from.

#include "pretraining/runs/classify.hpp"

#include <doctest/doctest.h>

#include "pretraining/baselines/linear_probe.hpp"
#include "pretraining/baselines/pca.hpp"
#include "tests/digits.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

void check_same_net(Classifier a, Classifier b) {
  for (std::size_t k = 0; k < a.parameters().size(); ++k) {
    CAPTURE(a.parameters()[k]->name);
    CHECK(a.parameters()[k]->value.values == b.parameters()[k]->value.values);
  }
}

}  // namespace

TEST_CASE(
    "classify: before, after and the random start are trainings written out, stage by stage") {
  const TrainTest data = some_digits(300);
  ClassifyOptions options;
  for (const std::size_t units : {12, 8}) {
    LayerPlan plan;
    plan.options.sizes = {units};
    plan.fit.epochs = 2;
    options.layers.push_back(plan);
  }
  options.softmax.epochs = 10;
  options.fine_tuning.epochs = 3;
  options.decay = Real(0.01);
  options.dropout = Real(0.1);
  ClassifyResults c = run_classify(data, options);

  Rng pretraining(options.seed, pretraining_stream);
  const DenseAutoencoder stack = unroll(pretrain_greedily(data.train, options.layers, pretraining));
  Rng rng(options.seed, fine_tuning_stream);
  Classifier net(stack, 10, rng);
  net.decay = options.decay;
  train_top(net, data.train, nullptr, options.softmax);
  check_same_net(c.before.model, net);
  CHECK(c.before.test_accuracy == accuracy(net, data.test));
  CHECK(c.before.train_accuracy == accuracy(net, data.train));
  net.dropout = options.dropout;
  fine_tune(net, data.train, nullptr, rng, options.fine_tuning);
  check_same_net(c.after.model, net);
  CHECK(c.after.test_accuracy == accuracy(net, data.test));
  CHECK(c.after.train_accuracy == accuracy(net, data.train));

  Rng draws(options.seed, random_start_stream);
  DenseAutoencoder untrained({.sizes = {64, 12, 8}}, draws);
  for (std::size_t k = 0; k < 2; ++k) untrained.encoder[k].activation = stack.encoder[k].activation;
  Classifier start(untrained, 10, draws);
  start.decay = options.decay;
  start.dropout = options.dropout;
  fine_tune(start, data.train, nullptr, draws, options.fine_tuning);
  check_same_net(c.random_start.model, start);
  CHECK(c.random_start.test_accuracy == accuracy(start, data.test));
}

TEST_CASE(
    "few labels: every method learns from the rows that were drawn, and is judged by the test "
    "rows") {
  const TrainTest data = some_digits(300);
  Rng draws(1);
  Classifier pretrained(DenseAutoencoder({.sizes = {64, 12, 8}}, draws), 10, draws);
  pretrained.decay = Real(0.02);
  FewLabelsOptions options{.labels = {25}, .draws = 2, .steps = 30};  // of each of ten classes two
  options.fine_tuning.epochs = 1;
  Rng rng(6), again(6);
  const FewLabelsRow row = few_labels(data, pretrained, options, rng).rows.at(0);
  CHECK(row.labels == 20);

  const Pca pca = fit_pca(data.train.X, 8);
  const std::vector<Tensor> train_views = {data.train.X, pca.transform(data.train.X),
                                           pretrained.encode(data.train.X)};
  const std::vector<Tensor> test_views = {data.test.X, pca.transform(data.test.X),
                                          pretrained.encode(data.test.X)};
  std::vector<double> decays(3);
  FitOptions fit = options.fine_tuning, iterations;
  fit.batch_size = 20;
  fit.epochs = options.steps;  // one batch each
  iterations.epochs = ProbeOptions().iterations;
  for (std::size_t draw = 0; draw < 2; ++draw) {
    CAPTURE(draw);
    const std::vector<std::size_t> drawn = draw_of_each_class(data.train.labels, 2, again);
    const Dataset labelled = take(data.train, drawn);
    for (std::size_t v = 0; v < 3; ++v) {
      CAPTURE(few_label_methods()[v]);
      Dataset seen = labelled, judge = data.test;
      seen.X = rows_at(train_views[v], drawn);
      judge.X = test_views[v];
      seen.image = judge.image = {};
      ProbeOptions probe;
      if (draw > 0) probe.decays = {decays[v]};
      const ProbeResult result = linear_probe(seen, judge, 10, probe);
      decays[v] = result.decay;
      CHECK(row.scores[v].accuracies[draw] == result.accuracy);
    }
    Classifier net = pretrained;
    net.decay = Real(decays[2]);
    train_top(net, labelled, nullptr, iterations);
    net.decay = pretrained.decay;
    fine_tune(net, labelled, nullptr, again, fit);
    CHECK(row.scores[3].accuracies[draw] == accuracy(net, data.test));

    Classifier fresh = pretrained;
    for (Dense& layer : fresh.encoder)
      layer = Dense("fresh", layer.inputs(), layer.outputs(), layer.activation, again);
    fresh.top = Dense("softmax", 8, 10, Activation::linear, again);
    fine_tune(fresh, labelled, nullptr, again, fit);
    CHECK(row.scores[4].accuracies[draw] == accuracy(fresh, data.test));
  }
}
