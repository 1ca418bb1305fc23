#include "pretraining/cli/remarks.hpp"

#include "core/gradcheck/gradcheck.hpp"
#include "core/gradcheck/keep_gradients.hpp"

namespace strata::cli {

bool has_wrong_rule(const Objective& objective) {
  Tape& tape = *objective.total.tape;
  const KeepGradients kept(tape);
  Rng rng(1);
  return !blame(check_every_node(tape, objective.total, rng)).empty();
}

std::string beside_tape(const std::string& difference, bool tape_is_wrong) {
  if (difference.empty()) return "";
  return difference + (tape_is_wrong ? " (but the tape is wrong itself: correct that first)" : "");
}

// Each entry is moved a few dozen times, and the objective computed anew.
std::string long_check_remark(std::size_t entries) {
  constexpr std::size_t many = 20'000;
  if (entries <= many) return "";
  return text("every one of ", entries,
              " entries is tried: this takes long (shorter: a smaller model, or --blame, which "
              "tries a sample)\n");
}

}  // namespace strata::cli
