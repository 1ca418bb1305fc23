#include "pretraining/runs/classify.hpp"

#include <doctest/doctest.h>

#include "core/io/safetensors.hpp"
#include "pretraining/classifier/classifier_file.hpp"
#include "pretraining/pages/classify.hpp"
#include "tests/check_close.hpp"
#include "tests/digits.hpp"
#include "tests/markup.hpp"
#include "tests/scratch.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

DenseAutoencoder small_stack(std::size_t features, Rng& rng) {
  DenseAutoencoderOptions options;
  options.sizes = {features, 12, 8};
  return DenseAutoencoder(options, rng);
}

ClassifyOptions quick() {
  ClassifyOptions options;
  for (const std::size_t units : {30, 20}) {
    LayerPlan plan;
    plan.options.sizes = {units};
    plan.fit.epochs = 15;
    plan.fit.learning_rate = 0.02;
    options.layers.push_back(plan);
  }
  options.softmax.epochs = 60;
  options.fine_tuning.epochs = 15;
  options.fine_tuning.learning_rate = 0.005;
  options.few_labels.labels = {20, 100};
  options.few_labels.draws = 2;
  options.few_labels.steps = 200;
  options.few_labels.fine_tuning = options.fine_tuning;
  options.few_labels.fine_tuning.epochs = 1;
  return options;
}

std::vector<Tensor> gradients_of(Classifier& classifier, const Dataset& data,
                                 std::vector<TermValue>& terms) {
  TapeBackprop backprop(classifier);
  for (Parameter* p : classifier.parameters()) p->grad.fill(0);
  terms = backprop.gradients({data.X, data.labels});
  std::vector<Tensor> gradients;
  for (Parameter* p : classifier.parameters()) gradients.push_back(p->grad);
  return gradients;
}

double squared_norm(const Tensor& A) {
  return squared_distance(A, Tensor(A.shape));
}

}  // namespace

TEST_CASE("the classifier's decay is a term of its own, of the softmax's weights alone") {
  Rng rng(1);
  Classifier classifier(small_stack(64, rng), 10, rng);
  const Dataset data = rows(digits().train, 0, 30);
  std::vector<TermValue> plain, decayed;
  const std::vector<Tensor> without = gradients_of(classifier, data, plain);
  classifier.decay = Real(0.5);
  const std::vector<Tensor> with = gradients_of(classifier, data, decayed);
  REQUIRE(plain.size() == 1);
  REQUIRE(decayed.size() == 2);
  CHECK(plain[0].name == "cross_entropy");
  CHECK(decayed[1].name == "weight_decay");
  check_close(decayed[1].value, 0.25 * squared_norm(classifier.top.W.value), by_real(1e-12, 1e-5));
  for (std::size_t k = 0; k < without.size(); ++k) {
    CAPTURE(classifier.parameters()[k]->name);
    CHECK(squared_norm(without[k]) > 0);
    Tensor expected = without[k];
    if (classifier.parameters()[k] == &classifier.top.W) {
      for (std::size_t i = 0; i < expected.size(); ++i)
        expected[i] += Real(0.5) * classifier.top.W.value[i];
    }
    check_close(with[k], expected, by_real(1e-10, 1e-4), by_real(1e-12, 1e-6));
  }
}

TEST_CASE(
    "the softmax alone: the layers stay to the bit, and it ends where its own gradient vanishes") {
  Rng rng(2);
  Classifier classifier(small_stack(64, rng), 10, rng);
  classifier.decay = Real(0.01);
  const Classifier start = classifier;
  const Dataset data = rows(digits().train, 0, 200);
  FitOptions options;
  options.epochs = 200;
  const ClassifierHistory trained = train_top(classifier, data, &data, options);
  for (std::size_t k = 0; k < 2; ++k) {
    CHECK(classifier.encoder[k].W.value.values == start.encoder[k].W.value.values);
    CHECK(classifier.encoder[k].b.value.values == start.encoder[k].b.value.values);
  }
  std::vector<TermValue> terms;
  const std::vector<Tensor> gradients = gradients_of(classifier, data, terms);
  REQUIRE(gradients.size() == 6);
  CHECK(squared_norm(gradients[4]) < by_real(1e-10, 1e-6));
  CHECK(squared_norm(gradients[5]) < by_real(1e-10, 1e-6));
  REQUIRE(trained.test_accuracy.size() == trained.history.epochs.size());
  CHECK(trained.test_accuracy.back() == accuracy(classifier, data));
}

TEST_CASE("dropout acts while the net is trained, and not when it is used") {
  Rng rng(3);
  Classifier classifier(small_stack(64, rng), 10, rng);
  const Dataset data = rows(digits().train, 0, 30);
  const Tensor codes = classifier.encode(data.X);
  std::vector<TermValue> terms, dropped;
  gradients_of(classifier, data, terms);
  classifier.dropout = Real(0.5);
  check_close(classifier.encode(data.X), codes, 0, 0);
  gradients_of(classifier, data, dropped);
  CHECK(std::abs(dropped[0].value - terms[0].value) > 1e-4);
  FitOptions options;
  options.optimizer.kind = OptimizerKind::lbfgs;
  CHECK(contains(error_of([&] { fine_tune(classifier, data, nullptr, rng, options); }),
                 "dropout draws"));
}

TEST_CASE(
    "before is the pretrained stack with a softmax, after is the same moved in every layer, and "
    "better") {
  const TrainTest data = digits();
  std::vector<std::string> told;
  ClassifyCallbacks callbacks;
  callbacks.classifier_done = [&](const TrainedClassifier& c) { told.push_back(c.name); };
  ClassifyResults c = run_classify(data, quick(), {}, callbacks);
  CHECK(told == std::vector<std::string>{"before", "after", "random_start"});
  REQUIRE(c.stages.size() == 2);
  for (std::size_t k = 0; k < 2; ++k) {
    const Tensor& pretrained = c.stages[k].dense()->encoder.front().W.value;
    CHECK(c.before.model.encoder[k].W.value.values == pretrained.values);
    CHECK(squared_distance(c.after.model.encoder[k].W.value, pretrained) > 1e-3);
    CHECK(squared_distance(c.random_start.model.encoder[k].W.value, pretrained) > 1);
  }
  CHECK(c.before.test_accuracy == accuracy(c.before.model, data.test));
  CHECK(c.after.test_accuracy == accuracy(c.after.model, data.test));
  CHECK(c.after.train_accuracy == accuracy(c.after.model, data.train));
  CHECK(c.before.predicted == c.before.model.predict(data.test.X));
  CHECK(c.before.test_accuracy > 0.75);
  CHECK(c.after.test_accuracy > c.before.test_accuracy);
  CHECK(c.after.test_accuracy > 0.93);
  REQUIRE(c.after.training.test_accuracy.size() == 15);
  CHECK(c.after.training.test_accuracy.back() == c.after.test_accuracy);
  CHECK(c.random_start.training.history.epochs.size() == 15);

  // the same experiment, as a page and as numbers
  const Json json = classify_results_json(c, {"1", 1});
  CHECK(json.at("test_accuracy_before").as_number() == c.before.test_accuracy);
  CHECK(json.at("test_accuracy_after").as_number() == c.after.test_accuracy);
  CHECK(json.at("few_labels").items().size() == 2);
  CHECK(json.at("few_labels").items()[1].at("labels").as_size() == 100);
  const std::string page = pages::classify_page(c, {"1", 1, "strata classify"});
  check_page(page);
  for (const char* part :
       {"With few labels", "What is taken for what", "What is still wrong", "→"}) {
    CAPTURE(part);
    CHECK(contains(page, part));
  }
  CHECK_FALSE(contains(page, "UFLDL"));  // another experiment

  // what labels are worth: more of them are better, for every method
  REQUIRE(c.few_labels.rows.size() == 2);
  CHECK(c.few_labels.rows[0].labels == 20);
  for (std::size_t m = 0; m < few_label_methods().size(); ++m) {
    CAPTURE(few_label_methods()[m]);
    REQUIRE(c.few_labels.rows[1].scores[m].accuracies.size() == 2);
    CHECK(c.few_labels.rows[1].scores[m].mean() > c.few_labels.rows[0].scores[m].mean() - 0.05);
    CHECK(c.few_labels.rows[1].scores[m].mean() > 0.3);
  }
  CHECK(c.few_labels.rows[1].scores[0].mean() > 0.85);
}

TEST_CASE(
    "few labels: the fine-tuned net has the decay it was given, not that of the softmax it starts "
    "from") {
  const TrainTest data = digits();
  const auto fine_tuned = [&](Real decay) {
    Rng rng(1), draws(2);
    Classifier net(small_stack(data.train.features(), rng), 10, rng);
    net.decay = decay;
    FewLabelsOptions options = quick().few_labels;
    options.labels = {20};
    options.draws = 1;
    return few_labels(data, net, options, draws).rows.front().scores[3].mean();
  };
  CHECK(fine_tuned(Real(1e-4)) != fine_tuned(100));
}

TEST_CASE("the mean and the standard deviation of the draws") {
  CHECK(FewLabelsScore{{0.5}}.deviation() == 0);
  check_close(FewLabelsScore{{0.2, 0.4, 0.9}}.mean(), 0.5, 1e-14);
  check_close(FewLabelsScore{{0.2, 0.4, 0.9}}.deviation(), std::sqrt(0.13), 1e-14);
}

TEST_CASE("numbers of labels that suit the data") {
  Dataset data{"made up", Tensor({7000, 1}), {}, {}};
  for (int i = 0; i < 7000; ++i)
    data.labels.push_back(i % 4 == 3 ? 0 : i % 4);  // of three classes, one large
  CHECK(usual_numbers_of_labels(data) == std::vector<std::size_t>{30, 90, 300, 900, 3000});
  data = rows(data, 0, 3000);  // 750 in the smaller classes
  CHECK(usual_numbers_of_labels(data) == std::vector<std::size_t>{15, 30, 90, 300, 900});
  data = rows(data, 0, 4);
  CHECK(usual_numbers_of_labels(data).empty());
}

TEST_CASE("a confusion matrix has a row for each class and a column for what it was taken for") {
  const auto counts = confusion_matrix({0, 0, 1, 2, 2, 2}, {0, 2, 1, 2, 0, 0}, 4);
  CHECK(counts == std::vector<std::vector<std::size_t>>{
                      {1, 0, 1, 0}, {0, 1, 0, 0}, {2, 0, 1, 0}, {0, 0, 0, 0}});
  CHECK(contains(error_of([] { confusion_matrix({0, 4}, {0, 0}, 4); }), "class 4 of 4"));
  CHECK(contains(error_of([] { confusion_matrix({0}, {0, 0}, 4); }), "1 labels but 2"));
}

TEST_CASE("classes that cannot be learnt are refused; a class number that is missing is not") {
  TrainTest data = digits();
  CHECK(check_classes(data) == 10);
  TrainTest gap = data;  // no 3 among them
  for (int& label : gap.train.labels) label = label == 3 ? 4 : label;
  CHECK(check_classes(gap) == 10);
  TrainTest one = data;
  for (int& label : one.train.labels) label = 7;
  CHECK(contains(error_of([&] { check_classes(one); }), "are all of class 7"));
  one.train.labels.clear();
  CHECK(contains(error_of([&] { check_classes(one); }), "has no labels"));
  one = data;
  one.test = {};
  CHECK(contains(error_of([&] { check_classes(one); }), "has no test rows"));
  one = data;
  one.test.labels[0] = 12;  // that training never saw: always wrong, but counted
  CHECK(check_classes(one) == 13);

  Rng rng(1);
  Classifier classifier(small_stack(64, rng), 10, rng);
  CHECK(contains(error_of([&] { few_labels(data, classifier, {.labels = {9}}, rng); }),
                 "9 labels for 10 classes"));
  CHECK(contains(error_of([&] { few_labels(data, classifier, {.labels = {2000}}, rng); }),
                 "are 200 of each class, but class 0 has"));
  CHECK(contains(error_of([&] { few_labels(data, classifier, {.labels = {10}, .draws = 0}, rng); }),
                 "0 draws"));
  ClassifyOptions options = quick();
  options.few_labels.labels = {9};
  const ClassifyCallbacks callbacks = {.stage_done = [](std::size_t, const GreedyStage&) {
    FAIL("pretrained before the labels were counted");
  }};
  CHECK(contains(error_of([&] { run_classify(data, options, {}, callbacks); }),
                 "9 labels for 10 classes"));
}

TEST_CASE("a saved classifier comes back to the same bits, and other files are refused") {
  Scratch scratch;
  Rng rng(4);
  Classifier classifier(small_stack(64, rng), 10, rng);
  classifier.encoder[0].activation = Activation::tanh;
  const Tensor X = digits().test.X;
  const Scaling scaling = standard_scaling(X);
  const std::string path = scratch.file("c.safetensors");
  save_classifier(path, classifier, {"classifier", scaling, {8, 8}});
  SavedClassifier saved = load_classifier(path);
  CHECK(saved.model.predict(X) == classifier.predict(X));
  CHECK(saved.model.encode(X).values == classifier.encode(X).values);
  CHECK(saved.scaling.scale.values == scaling.scale.values);
  CHECK(saved.image == ImageShape{8, 8});
  CHECK(saved.model.sizes() == std::vector<std::size_t>{64, 12, 8, 10});

  DenseAutoencoder autoencoder = small_stack(64, rng);
  save_model(path, autoencoder);
  CHECK(contains(error_of([&] { load_classifier(path); }), "not a classifier"));
  save_classifier(path, classifier);
  SafeTensors file = read_safetensors(path);
  file.tensors.pop_back();
  write_safetensors(path, file);
  CHECK(contains(error_of([&] { load_classifier(path); }), "softmax.b"));
}

TEST_CASE("classify: the gain of pretraining and its standard error, by hand") {
  // Both right 1, only the first 3, only the second 1, neither 1
  const std::vector<int> labels = {0, 1, 2, 0, 1, 2}, with = {0, 1, 2, 0, 0, 0},
                         without = {0, 0, 0, 1, 1, 0};
  const AccuracyGain g = accuracy_gain(labels, with, without);
  check_close(g.gain, 2.0 / 6, 1e-15);
  check_close(g.standard_error, 2.0 / 6, 1e-15);  // √(3 + 1) / 6
  CHECK(g.is_doubtful());
  CHECK(accuracy_gain(labels, labels, labels).is_doubtful());
  CHECK_FALSE(accuracy_gain(labels, labels, {1, 2, 0, 1, 2, 0}).is_doubtful());  // 1 ± 0.41
  CHECK_THROWS_AS(accuracy_gain(labels, with, {0}), Error);
}

TEST_CASE("classify: what a classifier must beat, and classes that training has not met") {
  TrainTest data;
  data.train.X = Tensor({5, 1});
  data.train.labels = {2, 0, 2, 1, 2};
  data.test.X = Tensor({4, 1});
  data.test.labels = {2, 0, 3, 3};
  const MostFrequentClass most = most_frequent_class(data);
  CHECK(most.label == 2);
  check_close(most.train_accuracy, 0.6, 1e-15);
  check_close(most.test_accuracy, 0.25, 1e-15);

  ClassifyResults results;
  results.data = data;
  results.classes = 4;
  results.most_frequent = most;
  results.after.test_accuracy = 0.25;
  const std::vector<std::string> remarks = results.remarks();
  REQUIRE(remarks.size() == 3);
  CHECK(contains(remarks[0], "the test rows lack class 1"));
  CHECK(contains(remarks[1], "the training rows lack class 3"));
  CHECK(contains(remarks[2], "always answering 2, the most frequent class"));
  results.after.test_accuracy = 0.5;
  results.data.test.labels = {2, 0, 1, 1};
  CHECK(results.remarks().empty());
}
