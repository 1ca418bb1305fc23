#pragma once
// Stepping through the passes of a tape, a visit at a time.

#include "pretraining/cli/step_passes.hpp"
#include "pretraining/cli/stepper.hpp"

namespace strata::cli {

class TapeStepper : public Stepper {
 public:
  /// `title` says what the tape was recorded of. The tape must outlive this.
  TapeStepper(Tape& tape, const Objective& objective, std::string title, Style style = {});

  std::size_t size() const override { return passes.journal.visits.size(); }
  std::string title() const override;

  Passes passes;

 protected:
  std::string page(std::size_t step) override;
  std::string row(std::size_t step) override;
  bool is_wrong(std::size_t step) override;
  bool is_non_finite(std::size_t step) const override;
  std::string explain_non_finite() override;
  std::vector<std::size_t> steps_of(Search kind, const std::string& name) override;
  std::string print(const std::string& name) override;
  std::string check(const std::string& how) override;
  std::string why(const std::string& entry) override;
  std::string html(const std::string& file) override;
  std::string gdb(const std::string&) override;

 private:
  const Visit& visit() const { return passes.journal.visits[step()]; }

  std::string title_;
};

}  // namespace strata::cli
