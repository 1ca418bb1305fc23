#include "pretraining/pages/kinds/capacity.hpp"

#include <algorithm>

#include "autoencoders/multilayer.hpp"
#include "autoencoders/train.hpp"

namespace strata::pages {
namespace {

Dataset others_than(const Dataset& data, const std::vector<std::size_t>& taken) {
  std::vector<std::size_t> others;
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (std::find(taken.begin(), taken.end(), i) == taken.end()) others.push_back(i);
  }
  return take(data, others);
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
    if (lesson.unseen.size() > 0)
      lesson.unseen_errors.push_back(
          reconstruction_error(lesson.model, lesson.unseen.X, o.workers));
    return true;
  };
  train(lesson.model, lesson.seen, rng, fit, {BackpropKind::explicit_rule, o.workers});
  lesson.seen_error = reconstruction_error(lesson.model, lesson.seen.X, o.workers);
  if (lesson.unseen.size() > 0)
    lesson.unseen_error = reconstruction_error(lesson.model, lesson.unseen.X, o.workers);
  return lesson;
}

}  // namespace strata::pages
