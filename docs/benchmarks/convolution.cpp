// Training steps of the convolutional autoencoder on images of 28×28 generated pixels: gradient and Adam. convolution.py measures the
// same networks in PyTorch, in turn with this program, and compares.
//
//   make REAL=float
//   g++ -std=c++20 -O2 -march=native -DSTRATA_REAL_FLOAT -I. -pthread docs/benchmarks/convolution.cpp build/float/libstrata.a \
//     -o build/convolution
//   build/convolution NETWORK BATCH THREADS        NETWORK: lecture, upsample or transpose (convolution.py says what they are)
//
// For each line of the standard input, a number of seconds: trains for as long, and prints examples a second, by the clock on the
// wall and by the time of the processors. `echo 2 | build/convolution lecture 128 1` measures once.

#include <cstdio>
#include <ctime>
#include <iostream>
#include <string>

#include "core/clock.hpp"
#include "pretraining/strata.hpp"

using namespace strata;

namespace {

ConvolutionalOptions network(const std::string& name) {
  ConvolutionalOptions options{.picture = {1, 28, 28}};
  if (name == "lecture") {
    options.filters = {16, 8};
    options.down = Downsampling::pool;
    options.up = Upsampling::upsample;
  } else {
    check(name == "upsample" || name == "transpose", "there is no network '", name,
          "' (lecture, upsample, transpose)");
    options.filters = {16, 32};
    options.down = Downsampling::stride;
    options.up = upsampling_kinds.named(name);
  }
  return options;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 4) return std::fprintf(stderr, "usage: convolution NETWORK BATCH THREADS\n"), 2;
  const std::size_t batch_size = std::stoul(arguments[2]);
  Workers workers(std::stoul(arguments[3]));
  Rng rng(1);
  ConvolutionalAutoencoder model(network(arguments[1]), rng);
  TapeBackprop backprop(model, &workers);
  const std::vector<Parameter*> parameters = model.parameters();
  const auto adam = make_optimizer({.kind = OptimizerKind::adam});
  adam->workers = &workers;
  Dataset data{"noise", uniform_tensor({2048, 784}, rng, 0, 1), {}, {28, 28}};
  Batches batches(data, batch_size);

  std::size_t b = 0;
  const auto train_one_batch = [&] {
    for (Parameter* p : parameters) p->grad.fill(0);
    const double loss = total_of(backprop.gradients(batches.batch(b)));
    adam->step(parameters, 1e-3, loss, nullptr);
    b = (b + 1) % (data.size() / batch_size);
  };
  for (int i = 0; i < 3; ++i) train_one_batch();

  for (std::string line; std::getline(std::cin, line);) {
    const double seconds = std::stod(line);
    const std::clock_t processor_start = std::clock();
    const auto start = Clock::now();
    std::size_t steps = 0;
    for (; seconds_since(start) < seconds; ++steps) train_one_batch();
    const double examples = double(steps * batch_size), wall = seconds_since(start);
    const double processor = double(std::clock() - processor_start) / CLOCKS_PER_SEC;
    std::printf("%.1f %.1f\n", examples / wall, examples / processor);
    std::fflush(stdout);
  }
}
