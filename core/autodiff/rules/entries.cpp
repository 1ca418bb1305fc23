#include "core/autodiff/rules/entries.hpp"

namespace strata {

void apply_to_entries(Tape& tape, void (*f)(std::span<const Real>, std::span<Real>),
                      const Tensor& X, Tensor& Y) {
  for_ranges(tape.workers, X.size(), numbers_worth_a_thread,
             [&](std::size_t begin, std::size_t end) {
               f({X.values.data() + begin, end - begin}, {Y.values.data() + begin, end - begin});
             });
}

std::uint64_t mix_branches(const Tensor& A) {
  std::uint64_t mixed = 1469598103934665603u;
  for (Real a : A.values) mixed = (mixed ^ (a > 0 ? 1u : a < 0 ? 2u : 3u)) * 1099511628211u;
  return mixed;
}

std::uint64_t signs_of_input(Tape& tape, const Node& node) {
  return mix_branches(tape.input_value(node, 0));
}

}  // namespace strata
