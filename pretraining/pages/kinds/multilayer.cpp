// A multilayer autoencoder: the map that its code makes of the examples, and what too much capacity
// does.

#include "pretraining/baselines/pca.hpp"
#include "pretraining/pages/kinds/capacity.hpp"
#include "pretraining/pages/kinds/figures.hpp"
#include "pretraining/pages/pretrain_figures.hpp"

namespace strata::report {
namespace {

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

std::string curve(const CapacityLesson& lesson, double of_mean) {
  const std::vector<double> flat(lesson.epochs.size(), of_mean);
  return line_chart({{"seen", lesson.epochs, lesson.seen_errors},
                     {"unseen", lesson.epochs, lesson.unseen_errors},
                     {"the mean picture", lesson.epochs, flat}},
                    {.title = "Squared error per example while memorising",
                     .x_label = "epoch",
                     .y_label = "squared error",
                     .width = 560,
                     .height = 320,
                     .log_y = true});
}

// Seen examples and their reconstructions, and the same for unseen ones.
std::string strips_of(CapacityLesson& lesson, Workers* workers) {
  const ImageShape image = lesson.seen.image;
  const Dataset some = take(lesson.unseen, rows_to_show(lesson.unseen, 10));
  return "<div class=\"strips\">\n" +
         strip("seen", "", lesson.seen.X, image, "the memorised pictures") +
         strip("reconstructed", "error " + in_words(lesson.seen_error),
               lesson.model.reconstruct(lesson.seen.X, workers), image, "the same, reconstructed") +
         strip("unseen", "", some.X, image, "pictures that were not trained on") +
         strip("reconstructed", "error " + in_words(lesson.unseen_error),
               lesson.model.reconstruct(some.X, workers), image, "the same, reconstructed") +
         "</div>\n";
}

std::string capacity_section(TrainRun& run) {
  constexpr std::size_t most_features = 2000;  // the lesson must stay quick
  const auto& model = dynamic_cast<const DenseAutoencoder&>(*run.model);
  if (model.features() > most_features || run.data.train.size() < 20) return "";
  CapacityOptions options;
  options.seed = run.seed;
  options.output = model.decoder.back().activation;
  options.loss = model.loss;
  options.workers = run.workers;
  CapacityLesson lesson = capacity_lesson(run.data, options);
  const Dataset& unseen = lesson.unseen;
  Tensor means = unseen.X;
  const Tensor mean = column_means(run.data.train.X);
  for (std::size_t i = 0; i < means.size(); ++i) means[i] = mean[i % mean.size()];
  const double of_mean = squared_error_per_example(unseen.X, means);

  const bool memorised = lesson.unseen_error > of_mean / 2;
  std::string content =
      text("<p>A narrow code alone does not make a model learn. The net ",
           lesson.model.architecture(), " and back, trained on only ", lesson.seen.size(),
           " examples, gets a code of <em>one number</em>. It needs no more: the encoder gives "
           "each example a "
           "number of its own, the decoder looks up what belongs to it. The error on these "
           "examples goes to ",
           in_words(lesson.seen_error), "; on ", unseen.size(), " unseen ones it is ",
           in_words(lesson.unseen_error), ". Answering always with the mean training example has ",
           number(of_mean), ".</p>\n");
  content += figure(
      curve(lesson, of_mean),
      memorised ? "The lower curve goes to zero, the upper one does not follow: memorised, not "
                  "learnt. More examples, a smaller net or a regulariser narrow the gap "
                  "(docs/guide/regularisers.md)."
                : "Both curves fall: one number is enough for these data, which lie near a "
                  "curve. Data of more dimensions (digits) are memorised instead.");
  if (run.has_pictures()) {
    content += figure(
        strips_of(lesson, run.workers),
        text("Above, the pictures it was trained on. Below, unseen ones",
             memorised ? ": they come back as one of the memorised pictures, or as a mixture of "
                         "two, often of another class."
                       : "."));
  }
  return content;
}

}  // namespace

std::string multilayer_figures(TrainRun& run) {
  return section("A map of the data", map_section(run)) +
         section("Too much capacity: ten examples by heart", capacity_section(run));
}

}  // namespace strata::report
