// A multilayer autoencoder: the map that its code makes of the examples, and what too much capacity
// does.

#include <algorithm>

#include "autoencoders/multilayer.hpp"
#include "autoencoders/train.hpp"
#include "pretraining/baselines/pca.hpp"
#include "pretraining/pages/blocks.hpp"
#include "pretraining/pages/kinds/figures.hpp"
#include "pretraining/pages/maps.hpp"
#include "pretraining/pages/pictures.hpp"

namespace strata::pages {
namespace {

Dataset others_than(const Dataset& data, const std::vector<std::size_t>& taken) {
  std::vector<std::size_t> others;
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (std::find(taken.begin(), taken.end(), i) == taken.end()) others.push_back(i);
  }
  return take(data, others);
}

std::string map_section(TrainRun& run) {
  const Dataset& shown = run.shown();
  const Tensor codes = run.model->encode(shown.X, run.workers);
  std::vector<std::string> maps = {code_map(codes, shown, run.part(), "The code of this model")};
  if (codes.cols() >= 2 && shown.features() >= 2 && run.data.train.size() > 2) {
    const Pca pca = fit_pca(run.data.train.X, 2, run.workers);
    maps.push_back(
        code_map(pca.transform(shown.X), shown, run.part(), "PCA's two numbers, for comparison"));
  }
  return beside(maps) + decoded_map(shown, codes, *run.model, run.workers);
}

// Seen examples and their reconstructions, and the same for unseen ones.
std::string strips_of(CapacityLesson& lesson, Workers* workers) {
  const Dataset some = take(lesson.unseen, rows_to_show(lesson.unseen, 10));
  return strips({{"seen", "", lesson.seen.X, "the memorised pictures"},
                 {"reconstructed", "error " + in_words(lesson.seen_error),
                  lesson.model.reconstruct(lesson.seen.X, workers), "the same, reconstructed"},
                 {"unseen", "", some.X, "pictures that were not trained on"},
                 {"reconstructed", "error " + in_words(lesson.unseen_error),
                  lesson.model.reconstruct(some.X, workers), "the same, reconstructed"}},
                lesson.seen.image);
}

std::string capacity_section(TrainRun& run) {
  constexpr std::size_t most_features = 2000;  // the lesson must stay quick
  const auto& model = dynamic_cast<const DenseAutoencoder&>(*run.model);
  if (model.features() > most_features || run.data.train.size() < 20) return "";
  CapacityLesson lesson = capacity_lesson(run.data, {.seed = run.seed,
                                                     .output = model.decoder.back().activation,
                                                     .loss = model.loss,
                                                     .workers = run.workers});
  const double of_mean = error_of_means(lesson.unseen.X, column_means(run.data.train.X));
  const std::vector<double> flat(lesson.epochs.size(), of_mean);
  const bool memorised = lesson.seen_error < 0.1 * of_mean &&
                         lesson.unseen_error > 5 * lesson.seen_error &&
                         lesson.unseen_error > 0.1 * of_mean;
  const std::string content =
      say("<p>A narrow code alone does not make a model learn. The net {} and back, trained on "
          "only {} examples, gets a code of <em>one number</em>. It can do with that: the encoder "
          "gives each example a number of its own, the decoder looks up what belongs to it. The "
          "error on these examples is {} in the end; on {} unseen ones it is {}. Answering always "
          "with the mean training example has {}.</p>\n",
          lesson.model.architecture(), lesson.seen.size(), in_words(lesson.seen_error),
          lesson.unseen.size(), in_words(lesson.unseen_error), number(of_mean)) +
      figure_of_chart({{"seen", lesson.epochs, lesson.seen_errors},
                       {"unseen", lesson.epochs, lesson.unseen_errors},
                       {"the mean picture", lesson.epochs, flat}},
                      {"Squared error per example while memorising", "epoch", "squared error", 560,
                       320, YAxis::logarithmic},
                      memorised ? "The upper curve does not follow the lower one: memorised, not "
                                  "learnt. More examples, a smaller net or a regulariser narrow "
                                  "the gap (docs/guide/regularisers.md)."
                      : lesson.unseen_error < 0.1 * of_mean
                          ? "Both curves fall: one number is enough for these data, which lie near "
                            "a curve. Data of more dimensions (digits) are memorised instead."
                          : "Neither curve falls to zero here: a longer training would memorise "
                            "these examples.");
  if (!run.has_pictures()) return content;
  return content + figure(strips_of(lesson, run.workers),
                          say("Above, the pictures it was trained on. Below, unseen ones{}",
                              memorised ? ": they come back as one of the memorised pictures, or "
                                          "as a mixture of two, often of another class."
                                        : "."));
}

}  // namespace

CapacityLesson capacity_lesson(const TrainTest& data, const CapacityOptions& o) {
  CapacityLesson lesson;
  const std::vector<std::size_t> chosen = rows_to_show(data.train, o.examples);
  lesson.seen = take(data.train, chosen);
  lesson.unseen = data.test.size() > 0 ? data.test : others_than(data.train, chosen);

  DenseAutoencoderOptions options =
      multilayer_autoencoder({data.train.features(), 100, 50, 1}, o.loss);
  options.hidden = Activation::tanh;
  options.output = o.output;
  Rng rng(o.seed);
  lesson.model = DenseAutoencoder(options, rng);
  FitOptions fit;
  fit.epochs = o.epochs;
  fit.batch_size = lesson.seen.size();
  fit.shuffle = false;
  fit.learning_rate = 0.01;
  fit.schedule.kind = ScheduleKind::one_cycle;
  const std::size_t every = std::max<std::size_t>(1, o.epochs / 60);
  fit.after_epoch = [&](const EpochRecord& record) {
    if (record.epoch % every != 0 && record.epoch != 1) return true;
    lesson.epochs.push_back(double(record.epoch));
    lesson.seen_errors.push_back(reconstruction_error(lesson.model, lesson.seen.X, o.workers));
    lesson.unseen_errors.push_back(reconstruction_error(lesson.model, lesson.unseen.X, o.workers));
    return true;
  };
  train(lesson.model, lesson.seen, rng, fit, {BackpropKind::explicit_rule, o.workers});
  lesson.seen_error = reconstruction_error(lesson.model, lesson.seen.X, o.workers);
  lesson.unseen_error = reconstruction_error(lesson.model, lesson.unseen.X, o.workers);
  return lesson;
}

std::string multilayer_figures(TrainRun& run) {
  return section("A map of the data", map_section(run)) +
         section("Too much capacity: ten examples and one number", capacity_section(run));
}

}  // namespace strata::pages
