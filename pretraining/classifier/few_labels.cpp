#include "pretraining/classifier/few_labels.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/clock.hpp"
#include "pretraining/baselines/linear_probe.hpp"
#include "pretraining/baselines/pca.hpp"

namespace strata {

double FewLabelsScore::mean() const {
  double sum = 0;
  for (const double one : accuracies) sum += one;
  return sum / double(accuracies.size());
}

double FewLabelsScore::deviation() const {
  if (accuracies.size() < 2) return 0;
  const double middle = mean();
  double squares = 0;
  for (const double one : accuracies) squares += (one - middle) * (one - middle);
  return std::sqrt(squares / double(accuracies.size() - 1));
}

const std::vector<std::string>& few_label_methods() {
  static const std::vector<std::string> names = {"raw", "pca", "features", "fine_tuned",
                                                 "random_start"};
  return names;
}

namespace {

// How many examples each class has, of those that there are.
std::map<int, std::size_t> class_sizes(const Dataset& data) {
  std::map<int, std::size_t> sizes;
  for (const int label : data.labels) ++sizes[label];
  return sizes;
}

// The data as one method sees them.
struct View {
  TrainTest data;
  double decay = 0;  // λ, from the first draw
};

View view_of(const TrainTest& data, Tensor train, Tensor test) {
  return {{{data.train.name, std::move(train), data.train.labels, {}},
           {data.test.name, std::move(test), data.test.labels, {}}}};
}

struct Run {
  const TrainTest& data;
  const Classifier& pretrained;
  const FewLabelsOptions& options;
  Rng& rng;
  Engine engine;                        // of each training: a part of a draw
  std::vector<View> views = {};         // raw, pca, features
  std::vector<double> accuracies = {};  // of each draw, in the order of few_label_methods

  // Of the many short ones no progress is shown.
  Listeners of_softmax() const {
    Listeners listeners = engine.listeners;
    listeners.progress = nullptr;
    return listeners;
  }

  double accuracy_of_softmax(View& view, const std::vector<std::size_t>& drawn, bool first_draw) {
    ProbeOptions probe;
    probe.workers = engine.workers;
    probe.listeners = of_softmax();
    if (!first_draw) probe.decays = {view.decay};
    const ProbeResult result =
        linear_probe(take(view.data.train, drawn), view.data.test, pretrained.classes(), probe);
    view.decay = result.decay;
    return result.accuracy;
  }

  double accuracy_of_net(Classifier net, const Dataset& labelled) {
    FitOptions fit = options.fine_tuning;
    fit.batch_size = std::min(fit.batch_size, labelled.size());
    const std::size_t batches = (labelled.size() + fit.batch_size - 1) / fit.batch_size;
    fit.epochs = std::max(fit.epochs, (options.steps + batches - 1) / batches);
    fit.label = text(labelled.size(), " labels");
    fine_tune(net, labelled, nullptr, rng, fit, engine);
    return accuracy(net, data.test, engine.workers);
  }

  // On the softmax that the features gave.
  Classifier with_softmax(const Dataset& labelled) {
    Classifier net = pretrained;
    net.decay = Real(views[2].decay);
    FitOptions iterations;
    iterations.epochs = ProbeOptions().iterations;
    train_top(net, labelled, nullptr, iterations,
              {.workers = engine.workers, .listeners = of_softmax()});
    net.decay = pretrained.decay;
    return net;
  }

  // The same layers, drawn anew.
  Classifier fresh() {
    Classifier net = pretrained;
    for (Dense& layer : net.encoder)
      layer = Dense(layer.W.name.substr(0, layer.W.name.size() - 2), layer.inputs(),
                    layer.outputs(), layer.activation, rng);
    net.top = Dense("softmax", net.top.inputs(), net.classes(), Activation::linear, rng);
    return net;
  }

  // In the order of few_label_methods.
  std::vector<double> accuracies_of_draw(std::size_t of_each_class, bool first_draw) {
    const std::vector<std::size_t> drawn =
        draw_of_each_class(data.train.labels, of_each_class, rng);
    const Dataset labelled = take(data.train, drawn);
    std::vector<double> found;
    for (View& view : views) found.push_back(accuracy_of_softmax(view, drawn, first_draw));
    found.push_back(accuracy_of_net(with_softmax(labelled), labelled));
    found.push_back(accuracy_of_net(fresh(), labelled));
    return found;
  }

  void draw(std::size_t of_each_class, bool first_draw) {
    const std::vector<double> found = accuracies_of_draw(of_each_class, first_draw);
    accuracies.insert(accuracies.end(), found.begin(), found.end());
  }

  void remember(State& state) {
    state.numbers("accuracies", accuracies);
    for (std::size_t v = 0; v < views.size(); ++v)
      state.number("decay of " + few_label_methods()[v], views[v].decay);
    state.generator("rng", rng);
  }
};

// From the accuracies of all draws, one after the other, each in the order of few_label_methods.
std::vector<FewLabelsRow> rows_of(const std::vector<double>& accuracies,
                                  const FewLabelsOptions& options, std::size_t classes) {
  const std::size_t methods = few_label_methods().size();
  std::vector<FewLabelsRow> rows;
  for (const std::size_t labels : options.labels)
    rows.push_back({labels / classes * classes, std::vector<FewLabelsScore>(methods)});
  for (std::size_t i = 0; i < accuracies.size(); ++i)
    rows[i / methods / options.draws].scores[i % methods].accuracies.push_back(accuracies[i]);
  return rows;
}

}  // namespace

void check_few_labels(const Dataset& train, const FewLabelsOptions& options) {
  check(options.draws > 0, "few labels: 0 draws (it takes at least 1)");
  const std::map<int, std::size_t> sizes = class_sizes(train);
  const std::size_t classes = sizes.size(), fewest = std::max(classes, ProbeOptions().folds);
  for (const std::size_t labels : options.labels) {
    check(labels >= classes, "few labels: ", labels, " labels for ", classes,
          " classes (each needs one at least)");
    const std::size_t each = labels / classes;
    check(each * classes >= fewest, "few labels: ", labels, " labels are ", each, " of each of ",
          classes, " classes, but cross-validation needs ", fewest, " in all");
    for (const auto& size_of : sizes) {
      check(size_of.second >= each, "few labels: ", labels, " labels are ", each,
            " of each class, but class ", size_of.first, " has ", size_of.second,
            " training examples (take fewer labels)");
    }
  }
}

FewLabels few_labels(const TrainTest& data, const Classifier& pretrained,
                     const FewLabelsOptions& options, Rng& rng, const Engine& engine) {
  check_few_labels(data.train, options);
  if (options.labels.empty()) return {};
  Workers* const workers = engine.workers;
  const auto start = Clock::now();
  Run run{data, pretrained, options, rng, engine};
  run.engine.listeners.part_of_step = true;
  const std::size_t classes = class_sizes(data.train).size();
  const std::size_t code_size = pretrained.top.inputs();
  const Pca pca = fit_pca(
      data.train.X, std::min({code_size, data.train.features(), data.train.size() - 1}), workers);
  Classifier encoder = pretrained;
  run.views.push_back(view_of(data, data.train.X, data.test.X));
  run.views.push_back(view_of(data, pca.transform(data.train.X), pca.transform(data.test.X)));
  run.views.push_back(
      view_of(data, encoder.encode(data.train.X, workers), encoder.encode(data.test.X, workers)));
  TrainingStage stage(engine.listeners.checkpoint, "few labels",
                      [&run](State& state) { run.remember(state); });
  const std::size_t draws = options.labels.size() * options.draws;
  for (std::size_t done = run.accuracies.size() / few_label_methods().size(); done < draws;
       ++done) {
    stage.one_step(rng, [&] {
      run.draw(options.labels[done / options.draws] / classes, done % options.draws == 0);
    });
    stage.after_epoch();
  }
  if (!stage.was_finished()) stage.finish();
  return {rows_of(run.accuracies, options, classes),
          seconds_since(start) + stage.earlier_seconds()};
}

std::vector<std::size_t> usual_numbers_of_labels(const Dataset& train) {
  std::size_t smallest = train.size();
  const std::map<int, std::size_t> sizes = class_sizes(train);
  for (const auto& size_of : sizes) smallest = std::min(smallest, size_of.second);
  std::vector<std::size_t> numbers;
  for (const std::size_t each : {2, 5, 10, 30, 100, 300, 1000}) {
    if (each <= smallest && each * sizes.size() >= 5) numbers.push_back(each * sizes.size());
  }
  if (numbers.size() > 5) numbers.erase(numbers.begin(), numbers.end() - 5);
  return numbers;
}

}  // namespace strata
