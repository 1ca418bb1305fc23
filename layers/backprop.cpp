#include "layers/backprop.hpp"

#include <algorithm>

#include "core/inspect/non_finite.hpp"

namespace strata {

// One that the objective uses and the model does not list would never move, nor reach a file.
static void check_all_are_listed(const Tape& tape, const std::vector<Parameter*>& listed) {
  for (const Node& node : tape.nodes) {
    if (node.parameter == nullptr || !node.wants_grad) continue;
    check(std::find(listed.begin(), listed.end(), node.parameter) != listed.end(),
          "the objective uses the parameter '", node.name, "' (recorded at ", node.made_at,
          "), but the model's parameters() does not list it, so it would never be trained (list "
          "it; a constant is an input of the tape)");
  }
}

TapeBackprop::Recording& TapeBackprop::run(const Batch& batch, Mode mode) {
  std::unique_ptr<Recording>& slot = recordings_[{batch.X.rows(), mode, !batch.labels.empty()}];
  const auto put_labels = [&batch](Tensor& labels) {
    for (std::size_t i = 0; i < batch.labels.size(); ++i) labels[i] = Real(batch.labels[i]);
  };
  if (slot == nullptr) {
    auto fresh = std::make_unique<Recording>();  // kept only when it is whole
    Recording& r = *fresh;
    r.tape.workers = workers;
    r.X = r.tape.input(batch.X, "X");
    if (!batch.labels.empty()) {
      Tensor labels({batch.labels.size()});
      put_labels(labels);
      r.labels = r.tape.input(std::move(labels), "labels");
    }
    r.objective = model_.objective(r.tape, r.X, r.labels, mode);
    if (mode == Mode::training) check_all_are_listed(r.tape, parameters());
    for (const Term& term : r.objective.terms) r.terms.push_back({term.name, 0});
    slot = std::move(fresh);
  } else {
    slot->tape.set_input(slot->X, batch.X);
    if (slot->labels.tape != nullptr) put_labels(slot->labels.node().value);
    slot->tape.replay();
  }
  for (std::size_t k = 0; k < slot->terms.size(); ++k)
    slot->terms[k].value = slot->objective.terms[k].value.value()[0];
  last_ = slot.get();
  return *slot;
}

const std::vector<TermValue>& TapeBackprop::gradients(const Batch& batch) {
  Recording& recording = run(batch, Mode::training);
  recording.tape.backward(recording.objective.total);
  return recording.terms;
}

const std::vector<TermValue>& TapeBackprop::evaluate(const Batch& batch) {
  return run(batch, Mode::evaluation).terms;
}

std::string TapeBackprop::explain_non_finite(const Batch&) {
  if (last_ == nullptr) return "nothing has been computed yet";
  return explain_non_finite_sum(last_->tape);
}

}  // namespace strata
