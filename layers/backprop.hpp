#pragma once
// Backprop is what the training loop asks for: the objective's terms of a batch, and the gradient
// in the parameters. TapeBackprop does it for any model by recording a tape once for each batch
// size and replaying it afterwards; the delta rule written by hand is the other one
// (autoencoders/explicit/backprop.hpp).

#include <compare>
#include <map>
#include <memory>
#include <string>

#include "core/data/dataset.hpp"
#include "layers/history.hpp"
#include "layers/model.hpp"

namespace strata {

struct Backprop {
  explicit Backprop(Workers* workers_) : workers(workers_) {}
  virtual ~Backprop() = default;
  virtual std::vector<Parameter*> parameters() = 0;
  /// Those that gradients draws from (Model::generators).
  virtual std::vector<Rng*> generators() { return {}; }
  /// The terms of the batch's objective; its gradient is added to the parameters'.
  virtual const std::vector<TermValue>& gradients(const Batch& batch) = 0;
  /// The terms alone, in evaluation mode.
  virtual const std::vector<TermValue>& evaluate(const Batch& batch) = 0;
  /// What else goes on from batch to batch: a checkpoint keeps it.
  virtual void remember(State&) {}
  /// After a loss or gradient of this batch that was not finite: where the first such number came
  /// up, as one clause.
  virtual std::string explain_non_finite(const Batch& batch) = 0;

  Workers* workers;  // the threads that compute, and then move the parameters; may be null
};

class TapeBackprop : public Backprop {
 public:
  /// The model, and the workers if any, must outlive this.
  explicit TapeBackprop(Model& model, Workers* workers_ = nullptr)
      : Backprop(workers_), model_(model) {}

  std::vector<Parameter*> parameters() override { return model_.parameters(); }
  std::vector<Rng*> generators() override { return model_.generators(); }
  const std::vector<TermValue>& gradients(const Batch& batch) override;
  const std::vector<TermValue>& evaluate(const Batch& batch) override;
  std::string explain_non_finite(const Batch& batch) override;

 private:
  struct Recording {
    Tape tape;
    Var X, labels;
    Objective objective;
    std::vector<TermValue> terms;
  };
  Recording& run(const Batch& batch, Mode mode);

  Model& model_;
  struct Key {
    std::size_t rows;
    Mode mode;
    bool has_labels;
    auto operator<=>(const Key&) const = default;
  };
  std::map<Key, std::unique_ptr<Recording>> recordings_;
  Recording* last_ = nullptr;
};

}  // namespace strata
