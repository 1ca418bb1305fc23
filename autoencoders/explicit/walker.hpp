#pragma once
// Inside of explicit_walk: one pass by hand, taken apart step by step. explicit_walk.cpp goes
// forward, to the objective's terms; explicit_walk_backward.cpp goes back. All numbers are the
// pass's own, or differences of them: nothing is computed here a second time, so that a mistake in
// the pass is seen.

#include <utility>

#include "autoencoders/explicit/counterparts.hpp"
#include "autoencoders/explicit/record.hpp"

namespace strata {

/// z¹², as a lecture writes it.
std::string numbered(const std::string& letter, std::size_t number);

/// Writes the steps one after the other. k counts layers from 1 to L as in explicit_backprop.hpp.
class Walk {
 public:
  Walk(DenseAutoencoder& model, const Batch& batch, Tape& tape, const Objective& objective)
      : model_(model),
        X_(batch.X),
        by_hand_(model),
        pass_(record_pass(by_hand_, batch, recorder_)),
        twins_(model, batch.X, tape, objective),
        L_(by_hand_.layers.size()),
        code_(model.encoder.size()) {}

  std::vector<ExplicitStep> steps() {
    for (std::size_t k = 1; k <= L_; ++k) forward(k);
    if (model_.penalties.beta > 0) mean_activations();
    for (std::size_t t = 0; t < pass_.terms.size(); ++t) term(t);
    output_delta();
    for (std::size_t k = L_ - 1; k >= 1; --k) hidden_delta(k);
    for (std::size_t k = 1; k <= L_; ++k) weight_gradients(k);
    return std::move(steps_);
  }

 private:
  void forward(std::size_t k);
  void mean_activations();
  void term(std::size_t t);
  void output_delta();
  void hidden_delta(std::size_t k);
  void code_penalties();
  void slope(std::size_t k);
  void weight_gradients(std::size_t k);
  void weight_share(std::size_t k, const std::string& formula);
  void weight_decay(std::size_t k);
  void whole_weight_gradient(std::size_t k, const std::string& share_formula);
  ExplicitStep& add_dW(Quantity what, std::size_t k, const std::string& part);
  std::string mistake_in(const Parameter& p) const;

  const ExplicitLayer& layer(std::size_t k) const { return by_hand_.layers[k - 1]; }
  // Empty where the pass never came to it: a mistake too.
  const Recorder::Noted& noted(Quantity what, std::size_t k) const {
    const auto found = recorder_.noted.find({what, k});
    return found == recorder_.noted.end() ? never_computed_ : found->second;
  }
  ExplicitStep& add(Quantity what, std::size_t k, const std::string& letter,
                    const std::string& part = "");
  // Layer k uses the weights of this number, "W²", or "(W¹)ᵀ" where it is tied.
  std::size_t weights_of(std::size_t k) const { return layer(k).transposed ? L_ + 1 - k : k; }
  std::string W(std::size_t k) const;
  std::string W_transposed(std::size_t k) const;
  std::string a(std::size_t k) const { return k == 0 ? "x" : k == L_ ? "r" : numbered("a", k); }
  bool decays(std::size_t k) const { return model_.penalties.decay > 0 && !layer(k).transposed; }
  // dW is the sum of several, which are shown before it.
  bool is_in_parts(std::size_t k) const { return decays(k) || model_.tied; }
  bool has_penalties() const {
    return model_.penalties.beta > 0 || model_.penalties.l1 > 0 || model_.keep_largest > 0;
  }

  DenseAutoencoder& model_;
  const Tensor& X_;
  ExplicitBackprop by_hand_;
  Recorder recorder_;
  Recorder::Noted never_computed_{};
  RecordedPass pass_;
  Twins twins_;
  std::size_t L_, code_;
  // R − x is this much smaller than r and x; every δ has lost as many digits
  double digits_lost_ = 1;
  std::vector<ExplicitStep> steps_;
};

}  // namespace strata
