#pragma once
// Stepping through the delta rule by hand, quantity by quantity in the order of a lecture, each
// beside the number on the tape that should be the same.

#include <optional>

#include "autoencoders/explicit/walk.hpp"
#include "pretraining/cli/step/stepper.hpp"

namespace strata::cli {

class ExplicitStepper : public Stepper {
 public:
  /// `objective` is a recording of the model on the same batch; its tape must outlive this.
  ExplicitStepper(DenseAutoencoder& model, const Batch& batch, const Objective& objective,
                  std::string subject, Style style = {});

  std::size_t size() const override { return steps.size(); }

  std::vector<ExplicitStep> steps;

 protected:
  std::string page(std::size_t step) override;
  std::string row(std::size_t step) override;
  bool is_wrong(std::size_t step) override;
  bool is_non_finite(std::size_t step) const override;
  bool belongs(std::size_t step, Search kind, int node, const std::string& op) const override;
  std::string print(const std::string& name) override;
  std::string check(const std::string& how) override;
  std::string gdb(const std::string&) override;

 private:
  bool tape_is_wrong();
  std::optional<bool> tape_is_wrong_;  // computed when it is first needed
};

/// The name of a quantity without superscripts and Greek: δ¹ is delta1, ρ̂ is rho_hat.
std::string ascii_name(const std::string& name);

}  // namespace strata::cli
