#pragma once
// One operation held against the oracle: its value, and its gradients for a random upstream
// gradient.

#include <functional>

#include "core/autodiff/ops.hpp"
#include "tests/check_close.hpp"
#include "tests/reference.hpp"

namespace strata::testing {

using Inputs = std::vector<Var>;
using RecordOp = std::function<Var(const Inputs&, const Json& settings)>;

/// `entry` is one of the "ops" of reference.json.
inline void check_op(const Json& entry, const RecordOp& record) {
  const double relative = by_real(1e-9, 1e-3), absolute = by_real(1e-13, 1e-5);
  Tape tape;
  Inputs leaves;
  std::vector<std::string> names;
  for (const auto& [input, value] : entry.at("inputs").members()) {
    leaves.push_back(tape.variable(to_tensor(value), input));
    names.push_back(input);
  }
  const Json& settings = entry.at("settings");
  Inputs arguments = leaves;
  if (settings.has("target"))
    arguments.push_back(tape.input(to_tensor(settings.at("target")), "target"));
  if (settings.has("labels"))
    arguments.push_back(tape.input(to_tensor(settings.at("labels")), "labels"));

  const Var result = record(arguments, settings);
  check_close(result.value(), to_tensor(entry.at("value")), relative, absolute);
  tape.backward(result, to_tensor(entry.at("upstream")));
  for (std::size_t k = 0; k < names.size(); ++k) {
    CAPTURE(names[k]);
    check_close(leaves[k].grad(), to_tensor(entry.at("gradients").at(names[k])), relative,
                absolute);
  }
  // replayed in place, the same bits
  const Tensor before = result.value();
  tape.replay();
  CHECK(result.value().values == before.values);
}

}  // namespace strata::testing
