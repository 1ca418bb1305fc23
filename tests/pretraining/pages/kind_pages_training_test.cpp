// The lessons of two pages, trained: a wide code copies noise, and one number holds ten digits by
// heart.

#include <doctest/doctest.h>

#include "autoencoders/overcomplete.hpp"
#include "autoencoders/train.hpp"
#include "core/data/digits8x8.hpp"
#include "pretraining/pages/kinds/figures.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE("an overcomplete linear autoencoder reconstructs noise as well as digits") {
  const TrainTest digits = split_every(digits8x8());
  Rng rng(1);
  DenseAutoencoder model(overcomplete_autoencoder(64, 100), rng);
  FitOptions fit{
      .epochs = 60, .learning_rate = 0.005, .schedule = {.kind = ScheduleKind::one_cycle}};
  train(model, digits.train, rng, fit);
  CHECK(reconstruction_error(model, digits.test.X) < 1e-3);
  CHECK(reconstruction_error(model, pages::scrambled(digits.test.X, rng)) < 0.01);
}

TEST_CASE("capacity: ten examples by heart through one number, and nothing learnt about others") {
  const TrainTest digits = split_every(digits8x8());
  const pages::CapacityLesson lesson = pages::capacity_lesson(digits, {.epochs = 1800});
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
  const pages::CapacityLesson other = pages::capacity_lesson(alone, {.epochs = 1});
  CHECK(other.unseen.size() == 30);
}
