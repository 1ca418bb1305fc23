#pragma once
// Stepping through the passes of a tape, a visit at a time.

#include "pretraining/cli/step/passes.hpp"
#include "pretraining/cli/step/stepper.hpp"

namespace strata::cli {

class TapeStepper : public Stepper {
 public:
  TapeStepper(Tape& tape, const Objective& objective, std::string subject, Style style = {});

  std::size_t size() const override { return passes.journal.visits.size(); }
  std::string title() const override;

  Passes passes;

 protected:
  std::string page(std::size_t step) override;
  std::string row(std::size_t step) override;
  bool is_wrong(std::size_t step) override;
  bool is_non_finite(std::size_t step) const override;
  std::string others_that_may_be_wrong() const override;
  std::vector<std::size_t> steps_of(Search kind, const std::string& name) override;
  std::string print(const std::string& name) override;
  std::string check(const std::string& how) override;
  std::string gdb(const std::string&) override;
  const GradientsByTerm& gradients() override { return passes.gradients; }

 private:
  const Visit& visit() const { return passes.journal.visits[step()]; }
};

}  // namespace strata::cli
