#include "core/inspect/debugger/debugger.hpp"

#include <exception>

#include "core/gradcheck/keep_gradients.hpp"
#include "core/inspect/non_finite.hpp"
#include "core/inspect/why.hpp"

namespace strata::debugger {

PassState::PassState(Tape& tape) : tape_(tape), observer_(tape.observer) {
  tape.observer = nullptr;
  for (int i = 0; i < tape.size(); ++i) {
    gradients_.push_back(tape.grad(i));
    reached_.push_back(tape.nodes[i].reached);
  }
}

PassState::~PassState() {
  for (std::size_t i = 0; i < gradients_.size(); ++i) {
    put_back(tape_.grad(int(i)), gradients_[i]);
    tape_.nodes[i].reached = reached_[i];
  }
  tape_.observer = observer_;
}

std::string why_text(Tape& tape, const char* entry) {
  if (tape.total < 0) return "error: no objective is recorded on this tape yet";
  const PassState state(tape);
  try {
    const Objective objective = objective_on(tape);
    const Entry found = find_entry(tape, entry);
    const GradientsByTerm gradients = gradients_by_term(tape, objective);
    return to_text(why(tape, objective, gradients, found), tape, gradients);
  } catch (const std::exception& error) {
    return text("error: ", error.what());
  }
}

std::string non_finite_text(Tape& tape) {
  const PassState state(tape);
  try {
    const std::string explanation = explain_non_finite(tape);
    return explanation.empty() ? "every value and every gradient so far is finite" : explanation;
  } catch (const std::exception& error) {
    return text("error: ", error.what());
  }
}

}  // namespace strata::debugger
