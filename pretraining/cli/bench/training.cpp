#include "pretraining/cli/bench/bench.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

#include "autoencoders/sparse.hpp"

namespace strata::cli {
namespace {

DenseAutoencoderOptions autoencoder_options(const Training& training) {
  const std::vector<std::size_t>& sizes = training.sizes;
  if (training.sparse) return sparse_autoencoder(sizes[0], sizes[1], {.rho = Real(0.1), .beta = 3});
  DenseAutoencoderOptions options;
  options.sizes = sizes;
  return options;
}

// A model with all that trains it.
class Trainer {
 public:
  Trainer(const Training& training, std::size_t threads)
      : training_(training),
        workers_(threads),
        model_(autoencoder_options(training), rng_),
        backprop_(make_backprop(training.backprop, model_, &workers_)) {}

  Dataset examples(std::size_t count) {
    Dataset data;
    data.name = "generated examples";
    data.X = uniform_tensor({count, model_.features()}, rng_, 0, 1);
    return data;
  }

  /// Trains until after_epoch(record) returns false.
  template <class AfterEpoch>
  void fit_until(const Dataset& data, const AfterEpoch& after_epoch) {
    FitOptions options;
    options.epochs = 10'000;
    options.batch_size = training_.batch;
    options.after_epoch = after_epoch;
    fit(*backprop_, data, rng_, options);
  }

 private:
  Training training_;
  Workers workers_;
  Rng rng_{1};
  DenseAutoencoder model_;
  std::unique_ptr<Backprop> backprop_;
};

double seconds_of_step(Trainer& trainer, const Training& training) {
  double first = 0, both = 0;
  trainer.fit_until(trainer.examples(training.batch), [&](const EpochRecord& epoch) {
    (epoch.epoch == 1 ? first : both) = epoch.seconds;
    return epoch.epoch < 2;
  });
  return std::max(both - first, 1e-7);
}

}  // namespace

std::string Training::name() const {
  return text(layers_text(sizes), sparse ? " sparse" : "", " batch ", batch, " ",
              backprop_kinds.name(backprop));
}

Runs examples_per_second(const Training& training, std::size_t threads, const RunLength& length,
                         const std::function<double()>& yardstick) {
  Trainer trainer(training, threads);
  const double wanted = length.run_seconds / seconds_of_step(trainer, training);
  const std::size_t most = std::max<std::size_t>(1, training_examples / training.batch);
  const std::size_t steps =
      wanted < double(most) ? std::max<std::size_t>(1, std::size_t(wanted)) : most;
  const Dataset data = trainer.examples(steps * training.batch);
  Runs runs(length, yardstick);
  auto start = Clock::now();
  trainer.fit_until(data, [&](const EpochRecord& epoch) {
    const double seconds = seconds_since(start);
    if (epoch.epoch > 1) {
      runs.add(double(data.size()), seconds);
    } else {
      runs.begin();
    }
    start = Clock::now();  // the yardstick's time is not the epoch's
    return !runs.enough();
  });
  return runs;
}

double peak_memory(const Training& training, std::size_t examples, std::size_t threads) {
  std::fflush(nullptr);  // or the child would have this output too
  const pid_t child = fork();
  check(child >= 0, "bench: the system cannot start another process");
  if (child == 0) {
    int status = 1;
    try {
      Trainer trainer(training, threads);
      trainer.fit_until(trainer.examples(examples), [](const EpochRecord&) { return false; });
      status = 0;
    } catch (const std::exception& error) {
      std::fprintf(stderr, "strata: %s\n", error.what());
    }
    _exit(status);
  }
  int status = 0;
  rusage used{};
  check(wait4(child, &status, 0, &used) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0,
        "bench: training ", training.name(), " on ", examples,
        " examples did not end well (not enough memory?)");
#ifdef __APPLE__
  return double(used.ru_maxrss);
#else
  return double(used.ru_maxrss) * 1024;
#endif
}

double expected_memory(const Training& training, std::size_t examples) {
  const std::vector<std::size_t>& widths = training.sizes;
  double units = 0;  // of all layers, up and down again
  for (std::size_t k = 1; k < widths.size(); ++k)
    units += double(widths[k]) + double(widths[k - 1]);
  const double data = double(examples) * double(widths[0]);
  const double parameters = 4 * (weights_of(widths) + units);
  const double activations = 3 * double(training.batch) * units;
  return (data + parameters + activations) * sizeof(Real);
}

}  // namespace strata::cli
