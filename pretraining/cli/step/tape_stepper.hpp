#pragma once
// Stepping through the passes of a tape, a visit at a time.

#include "pretraining/cli/step/passes.hpp"
#include "pretraining/cli/step/stepper.hpp"

namespace strata::cli {

class TapeStepper : public Stepper {
 public:
  TapeStepper(Tape& tape, const Objective& objective, std::string subject, Style style = {});

  std::size_t size() const override { return passes.journal.visits.size(); }

  Passes passes;

 protected:
  /// Step k of n and which pass, the node, its rule with file and line, operands with their letters
  /// and values, the upstream gradient, the operand's gradient before and after, the contribution
  /// (by term where several have a part), and the check's verdict. A visit of a 6-4-6 autoencoder
  /// fits 100 × 40 characters.
  std::string page(std::size_t step) override;
  std::string row(std::size_t step) override;
  bool is_wrong(std::size_t step) override;
  bool is_non_finite(std::size_t step) const override;
  bool belongs(std::size_t step, Search kind, int node, const std::string& op) const override;
  std::string print(const std::string& name) override;
  std::string check(const std::string& how) override;
  std::string gdb(const std::string&) override;

 private:
  const Visit& visit() const { return passes.journal.visits[step()]; }
};

}  // namespace strata::cli
