// What a denoising autoencoder restores, and what its code is worth to a linear classifier with few labels: the figures of
// docs/guide/denoising.md, on the test rows of the digits. About three minutes.
//
//   make && g++ -std=c++20 -O2 -I. -pthread docs/benchmarks/denoising.cpp build/release/libstrata.a -o build/denoising_figures && build/denoising_figures

#include <cmath>
#include <cstdio>

#include "pretraining/baselines/linear_probe.hpp"
#include "pretraining/strata.hpp"

using namespace strata;

namespace {

constexpr std::uint64_t seed = 1;          // of weights, batches and corruption
constexpr std::uint64_t test_damage = 99;  // of the corruption of the test rows
constexpr std::uint64_t draws = 20;        // of 100 labelled examples each: seeds 100 to 119

// The model of `strata train denoising`, but for its corruption.
DenoisingAutoencoder trained(const TrainTest& data, const Corruption& corruption, std::size_t epochs) {
  Rng rng(seed);
  const DenseAutoencoderOptions options{.sizes = {64, 250}, .code = Activation::relu, .loss = Loss::bce};
  DenoisingAutoencoder model(std::make_unique<DenseAutoencoder>(options, rng), corruption, rng);
  FitOptions fit;
  fit.epochs = epochs;
  fit.learning_rate = 0.005;
  fit.schedule.kind = ScheduleKind::one_cycle;
  if (epochs > 0) train(model, data.train, rng, fit);
  return model;
}

void print_restored(DenoisingAutoencoder& model, const Dataset& test) {
  std::printf("%-22s", corruption_text(model.corruption).c_str());
  for (const std::string& name : corruption_kinds.names) {
    Rng rng(test_damage);
    const Restoration r = restore(model, test.X, {.kind = corruption_kinds.named(name), .amount = Real(0.3)}, rng);
    std::printf("   %6.3f -> %5.3f (%3.0f %%)", r.corrupted_error, r.restored_error,
                100 * r.restored_error / r.corrupted_error);
  }
  std::printf("   clean %.3f\n", reconstruction_error(model, test.X));
}

// Accuracies of the draws, and the λ chosen.
std::vector<ProbeResult> probe(const Dataset& train, const Dataset& test) {
  ProbeOptions options;
  options.decays = {1e-5, 1e-4, 1e-3, 1e-2, 1e-1};
  std::vector<ProbeResult> results;
  for (std::uint64_t draw = 0; draw < draws; ++draw) {
    Rng rng(100 + draw);
    const auto labelled = take(train, draw_of_each_class(train.labels, 10, rng));
    results.push_back(linear_probe(labelled, test, 10, options));
  }
  return results;
}

void print_probe(const char* name, const std::vector<ProbeResult>& results,
                 const std::vector<ProbeResult>& pixels) {
  double sum = 0, squares = 0;
  std::size_t better = 0;
  for (std::size_t i = 0; i < results.size(); ++i) {
    sum += results[i].accuracy;
    squares += results[i].accuracy * results[i].accuracy;
    better += results[i].accuracy > pixels[i].accuracy;
  }
  const double n = double(results.size()), mean = sum / n;
  const double spread = std::sqrt(std::max(0.0, (squares - n * mean * mean) / (n - 1)));
  std::printf("%-34s %.4f ± %.4f   better than pixels in %2zu of %zu draws\n", name, mean, spread, better,
              results.size());
  std::fflush(stdout);
}

std::vector<ProbeResult> probe_codes(const TrainTest& data, const Corruption& corruption,
                                     std::size_t epochs) {
  DenoisingAutoencoder model = trained(data, corruption, epochs);
  const auto codes = [&model](const Dataset& of) {
    return Dataset{"codes", model.encode(of.X), of.labels, {}};
  };
  return probe(codes(data.train), codes(data.test));
}

}  // namespace

int main() {
  const TrainTest data = split_every(digits8x8());
  using enum CorruptionKind;
  const Corruption masked{.kind = masking}, noisy{.kind = gaussian},
      very_noisy{.kind = gaussian, .amount = Real(0.5)}, salted{.kind = salt_and_pepper}, none{.amount = 0};

  std::printf(
      "squared error per test example, corrupted -> restored, nothing clipped; the columns say how the test "
      "rows were corrupted\n");
  std::printf("%-22s   %-24s   %-24s   %-24s\n", "trained on", "masking 0.3", "salt and pepper 0.3",
              "Gaussian noise 0.3");
  for (const Corruption& corruption : {masked, salted, noisy, very_noisy, none}) {
    DenoisingAutoencoder model = trained(data, corruption, 100);
    print_restored(model, data.test);
  }

  std::printf(
      "\ntest accuracy of softmax regression on 100 labelled examples, mean ± standard deviation of %d "
      "draws\n",
      int(draws));
  const std::vector<ProbeResult> pixels = probe(data.train, data.test);
  print_probe("raw pixels", pixels, pixels);
  print_probe("code, net untrained", probe_codes(data, none, 0), pixels);
  print_probe("code, trained without noise", probe_codes(data, none, 100), pixels);
  print_probe("code, trained on masking 0.3", probe_codes(data, masked, 100), pixels);
  print_probe("code, trained on Gaussian 0.3", probe_codes(data, noisy, 100), pixels);
  print_probe("code, trained on Gaussian 0.5", probe_codes(data, very_noisy, 100), pixels);
}
