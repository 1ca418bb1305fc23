#pragma once
// The ways to pretrain the layers of a stack, each a row of a table. Whichever is taken, a layer
// ends as an encoder and a decoder, and the stack is unrolled and fine-tuned alike; so what is
// compared is the start that fine-tuning gets.
//
//   plain      loss(x, r)                    reconstruct the input (Bengio et al. 2007)
//   sparse     loss(x, r) + β Σ KL(ρ ‖ ρ̂ⱼ)   the same, with units that are seldom active (Ng 2011)
//   denoising  loss(x, r(x̃))                 restore a corrupted input (Vincent et al. 2010)
//   rbm        −log p(x), by CD              a restricted Boltzmann machine, taken as an
//                                            autoencoder (Hinton et al. 2006)

#include <string>
#include <vector>

#include "pretraining/greedy.hpp"

namespace strata {

/// The settings of the ways, each with its default value.
struct WayOptions {
  Real rho = Real(0.05);  // sparse: the mean activation wanted
  Real beta = Real(0.1);  // sparse: weight of the KL term
  // Denoising: of each layer's own input. Salt and pepper are the ends of its range
  Corruption corruption{};
  RbmTraining rbm{};                  // rbm: epochs, batch size and label are the plan's
  double rbm_rate_of_linear = 0.001;  // rbm: learning rate of a layer with linear (Gaussian) units
};

/// The stack that a layer belongs to.
struct LayerStack {
  std::size_t layers = 0;
  Activation hidden = Activation::sigmoid;
  Activation code = Activation::linear;     // of the top layer
  Activation output = Activation::sigmoid;  // of the first layer's decoder
};

struct Way {
  const char* name;
  const char* words;     // of its layers, in a sentence
  const char* look_for;  // in the pictures of its first layer's weights
  // Of the seed: each way draws from a stream of its own, so that none depends on the others
  std::uint64_t stream;
  /// Changes the plain plan of `layer` (counted from 1) into one of this way.
  void (*set)(LayerPlan& plan, std::size_t layer, const LayerStack& stack,
              const WayOptions& options);
  /// Why it cannot pretrain such a stack; empty where it can.
  std::string (*objection)(const LayerStack& stack);
};

const std::vector<Way>& ways();
std::vector<std::string> way_names();
/// Throws Error for a name that is not in the table, listing those that are.
const Way& way_named(const std::string& name);
/// From "plain", "plain,rbm" or "all". Throws Error for an unknown way and for one that is named
/// twice.
std::vector<std::string> parse_ways(const std::string& list);

}  // namespace strata
