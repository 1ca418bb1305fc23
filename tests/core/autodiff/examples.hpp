#pragma once
// One example of every operation: operands inside its domain, named by the letters of its formula,
// whose sizes differ from each other wherever the operation lets them; its settings; and the call
// that records it. The oracle, the gradient checker, blame and the trace all try the operations on
// these.

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/autodiff/objective.hpp"
#include "core/autodiff/ops.hpp"
#include "core/io/json.hpp"

namespace strata::testing {

/// What an operand's entries are: from N(0, 1), from (0.1, 0.9), class numbers 0, 1, 2, 0, …; a
/// mask that is 0 in its second row; or from (0.1, 0.9), borrowed by the tape and no operand of the
/// node's. Classes and masks are inputs, which get no gradient.
enum class Numbers { normal, unit, classes, mask, borrowed };

struct Operand {
  std::string letter;
  Shape shape;
  Numbers numbers = Numbers::normal;
};

/// The operands of one call, already on a tape. It must outlive the tape, which may borrow from it.
struct OpCall {
  Tape& tape;
  Rng& rng;                                // of operations that draw
  std::map<std::string, double> settings;  // 0 where the example names none
  std::map<std::string, Var> operands{};
  std::map<std::string, Tensor> borrowed{};

  Var operator[](const std::string& letter) const { return operands.at(letter); }
  bool has(const std::string& letter) const { return operands.count(letter) == 1; }
  Real number(const std::string& name) { return Real(settings[name]); }
  std::size_t size(const std::string& name) { return std::size_t(settings[name]); }
};

struct OpExample {
  const Op* op;
  std::vector<Operand> operands;  // in the order of the node's inputs
  std::map<std::string, double> settings{};
  std::function<Var(OpCall&)> record;

  /// The example's call on random numbers, or on those of the oracle: `entry` is one of the "ops"
  /// of its files. What the oracle gives no gradient of becomes an input.
  OpCall drawn(Tape& tape, Rng& rng) const;
  OpCall from_oracle(const Json& entry, Tape& tape, Rng& rng) const;
};

/// False of masks, noise, corruption, slopes of steps and running statistics.
inline bool has_gradient(const Op& op) {
  return op.backward != nullptr && op.backward != nothing_flows_back;
}

/// The examples of all operations, for batches of m rows.
std::vector<OpExample> op_examples(std::size_t m = 3);

/// All examples on one tape. Each result times random weights, of which the gradient is wanted too,
/// is a term of the objective, named after its operation.
struct EveryOperation {
  std::deque<OpCall> calls;
  Objective objective;
  EveryOperation(Tape& tape, Rng& rng);
};

}  // namespace strata::testing
