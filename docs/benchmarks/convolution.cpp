// Training of convolutional autoencoders on images of 28×28 generated pixels: examples a second. convolution.py measures the
// same networks in PyTorch, and compares.
//
//   make REAL=float
//   g++ -std=c++20 -O2 -march=native -DSTRATA_REAL_FLOAT -I. -pthread docs/benchmarks/convolution.cpp build/float/libstrata.a \
//     -o build/convolution
//   build/convolution NETWORK BATCH THREADS [SECONDS]        NETWORK: stride, upsample or pool

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "core/clock.hpp"
#include "pretraining/strata.hpp"

using namespace strata;

namespace {

constexpr auto relu_units = Activation::relu;

void add_decoder_with_upsampling(Sequential& net, Rng& rng) {
  net.add(Upsample2d(2));
  net.add(Conv2d("decoder.0", 32, 16, {.padding = 1, .activation = relu_units}, rng));
  net.add(Upsample2d(2));
  net.add(Conv2d("decoder.1", 16, 1, {.padding = 1, .activation = Activation::sigmoid}, rng));
}

Sequential make_network(const std::string& kind, Rng& rng) {
  Sequential net;
  net.add(ToImages(1, 28, 28));
  if (kind == "pool") {
    net.add(Conv2d("encoder.0", 1, 16, {.padding = 1, .activation = relu_units}, rng));
    net.add(MaxPool2d(2));
    net.add(Conv2d("encoder.1", 16, 32, {.padding = 1, .activation = relu_units}, rng));
    net.add(MaxPool2d(2));
    add_decoder_with_upsampling(net, rng);
  } else {
    net.add(Conv2d("encoder.0", 1, 16, {.stride = 2, .padding = 1, .activation = relu_units}, rng));
    net.add(Conv2d("encoder.1", 16, 32, {.stride = 2, .padding = 1, .activation = relu_units}, rng));
    if (kind == "upsample") {
      add_decoder_with_upsampling(net, rng);
    } else {
      check(kind == "stride", "there is no network '", kind, "' (stride, upsample or pool)");
      net.add(ConvTranspose2d("decoder.0", 32, 16,
                              {.stride = 2, .padding = 1, .output_padding = 1, .activation = relu_units}, rng));
      net.add(ConvTranspose2d("decoder.1", 16, 1,
                              {.stride = 2, .padding = 1, .output_padding = 1, .activation = Activation::sigmoid},
                              rng));
    }
  }
  net.add(Flatten());
  return net;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 4) return std::fprintf(stderr, "usage: convolution NETWORK BATCH THREADS [SECONDS]\n"), 2;
  const std::size_t batch = std::stoul(arguments[2]);
  Workers workers(std::stoul(arguments[3]));
  const double seconds = count > 4 ? std::stod(arguments[4]) : 1;
  Rng rng(1);
  Sequential net = make_network(arguments[1], rng);
  const std::vector<Parameter*> parameters = net.parameters();
  const auto adam = make_optimizer({.kind = "adam"});
  adam->workers = &workers;
  const Tensor data = uniform_tensor({2048, 784}, rng, 0, 1);

  Tape tape;
  tape.workers = &workers;
  const Var X = tape.input(slice_rows(data, 0, batch), "X");
  const Var loss = half_mse(net.forward(tape, X, Mode::training), X);
  std::size_t first = 0;
  const auto train_one_batch = [&] {
    std::copy_n(data.row(first), batch * 784, X.node().value.values.data());
    first = (first + batch) % (2048 - batch);
    tape.replay();
    tape.backward(loss);
    adam->step(parameters, 1e-3, loss.value().item(), nullptr);
  };
  for (int i = 0; i < 3; ++i) train_one_batch();

  std::vector<double> rates;
  for (const auto start = Clock::now(); seconds_since(start) < seconds || rates.size() < 5;) {
    const auto begin = Clock::now();
    for (int i = 0; i < 5; ++i) train_one_batch();
    rates.push_back(5 * double(batch) / seconds_since(begin));
  }
  std::nth_element(rates.begin(), rates.begin() + rates.size() / 2, rates.end());
  std::printf("%.0f\n", rates[rates.size() / 2]);
}
