#include "core/autodiff/tape.hpp"

#include <algorithm>
#include <utility>

namespace strata {

const Op input_op = {.name = "input", .formula = "“data”"};
const Op variable_op = {.name = "variable",
                        .formula = "“a leaf: its gradient is the sum of what arrives”"};
const Op parameter_op = {.name = "parameter",
                         .formula = "“a leaf: its gradient is the sum of what arrives”"};

void nothing_flows_back(Tape&, Node&) {}

std::ostream& operator<<(std::ostream& out, const Site& site) {
  return out << site.file << ":" << site.line;
}

static Tape& tape_of(const Var& var) {
  check(var.tape != nullptr,
        "a Var without a tape: it was never recorded (labels that the data has not?)");
  return *var.tape;
}

const Tensor& Var::value() const {
  return tape_of(*this).value(index);
}
const Tensor& Var::grad() const {
  return tape_of(*this).grad(index);
}
Node& Var::node() const {
  return tape_of(*this).nodes[index];
}

Var Tape::append(Node node) {
  nodes.push_back(std::move(node));
  return {this, size() - 1};
}

// A leaf has no rule to run: it is visited once, when its value is there.
Var Tape::append_leaf(Node node) {
  const Var leaf = append(std::move(node));
  if (observer != nullptr) observer->after_forward(*this, leaf.index);
  return leaf;
}

Var Tape::input(Tensor value, std::string name, Site site) {
  return append_leaf(
      {.op = &input_op, .value = std::move(value), .name = std::move(name), .made_at = site});
}

Var Tape::variable(Tensor value, std::string name, Site site) {
  return append_leaf({.op = &variable_op,
                      .value = std::move(value),
                      .name = std::move(name),
                      .made_at = site,
                      .wants_grad = true});
}

Var Tape::parameter(Parameter& parameter, Site site) {
  const auto known = parameter_leaves_.find(&parameter);
  if (known != parameter_leaves_.end()) return {this, known->second};
  parameter_leaves_[&parameter] = size();
  return append_leaf({.op = &parameter_op,
                      .parameter = &parameter,
                      .name = parameter.name,
                      .made_at = site,
                      .wants_grad = true});
}

Var Tape::record(const Op& op, const std::vector<Var>& inputs, const Shape& shape,
                 Settings settings, Site site) {
  check(op.forward != nullptr, op.name, ": it has no forward rule");
  Node node{.op = &op, .value = Tensor(shape), .settings = settings, .made_at = site};
  node.inputs.reserve(inputs.size());
  for (const Var& input : inputs) {
    check(input.tape == this, op.name, ": an input belongs to another tape (made at ", site, ")");
    node.inputs.push_back(input.index);
    node.wants_grad = node.wants_grad || nodes[input.index].wants_grad;
  }
  if (op.backward == nothing_flows_back) node.wants_grad = false;
  const Var result = append(std::move(node));
  run_forward(result.index);
  return result;
}

void Tape::run_forward(int index) {
  Node& node = nodes[index];
  const Shape recorded = node.value.shape;
  node.op->forward(*this, node);
  if (node.value.shape != recorded || node.value.values.size() != recorded.size())
    throw Error(text(node.op->name, ": its forward rule leaves a value of ", node.value.shape,
                     " but was recorded as ", recorded, " (made at ", node.made_at, ")"));
  if (observer != nullptr) observer->after_forward(*this, index);
}

void Tape::replay(Randomness randomness, int first) {
  for (int i = first; i < size(); ++i) {
    const Op& op = *nodes[i].op;
    const bool is_leaf = op.forward == nullptr;
    const bool keeps_draws = op.random && randomness == Randomness::keep;
    if (!is_leaf && !keeps_draws) run_forward(i);
  }
}

void Tape::set_input(Var leaf, const Tensor& value) {
  Tensor& held = leaf.node().value;
  check(held.shape == value.shape, "set_input: ", leaf.node().name, " was recorded as ", held.shape,
        " but is given ", value.shape, " (record a tape for each shape)");
  held.values = value.values;  // the same size: copied in place
}

const Tensor& Tape::value(int index) const {
  const Node& node = nodes[index];
  return node.parameter != nullptr ? node.parameter->value : node.value;
}

Tensor& Tape::value(int index) {
  Node& node = nodes[index];
  return node.parameter != nullptr ? node.parameter->value : node.value;
}

Tensor& Tape::grad(int index) {
  Node& node = nodes[index];
  return node.parameter != nullptr ? node.parameter->grad : node.grad;
}

// A gradient may arrive here: at a leaf, or where a rule passes it on.
static void check_has_rule(const Tape& tape, int index) {
  const std::string missing = missing_rule(tape, index);
  if (!missing.empty()) throw Error(describe(tape, index) + ": " + missing);
}

Tensor& Tape::input_grad(const Node& node, std::size_t k, Site site) {
  check(k < node.inputs.size() && input_wants_grad(node, k), node.op->name, " (", site,
        "): operand ", k, " has no gradient to add to (ask input_wants_grad first)");
  const int index = node.inputs[k];
  check_has_rule(*this, index);
  nodes[index].reached = true;
  if (observer != nullptr) observer->adds_to(*this, index, site);
  return grad(index);
}

void Tape::backward(Var root) {
  check(root.tape == this, "backward: the root belongs to another tape");
  check(root.value().size() == 1, "backward: the root is ", root.shape(),
        ", not a single number (sum or average it, or give the upstream gradient)");
  clear_gradients(root);
  if (!root.node().wants_grad) return;  // nothing before the root is trained
  grad(root.index)[0] += 1;             // ∂L/∂L
  run_backward(root);
}

void Tape::backward(Var root, const Tensor& upstream) {
  check(root.tape == this, "backward: the root belongs to another tape");
  check(upstream.shape == root.shape(), "backward: the root is ", root.shape(),
        " but its upstream gradient is ", upstream.shape);
  clear_gradients(root);
  if (!root.node().wants_grad) return;
  Tensor& root_grad = grad(root.index);
  for (std::size_t i = 0; i < upstream.size(); ++i) root_grad[i] += upstream[i];
  run_backward(root);
}

void Tape::clear_gradients(Var root) {
  check_has_rule(*this, root.index);
  for (Node& node : nodes) node.reached = false;
  for (int i = 0; i <= root.index; ++i) {
    Node& node = nodes[i];
    if (!node.wants_grad || node.parameter != nullptr) continue;
    if (node.grad.shape != node.value.shape) node.grad = Tensor(node.value.shape);
    for_ranges(workers, node.grad.size(), numbers_worth_a_thread,
               [&node](std::size_t begin, std::size_t end) {
                 std::fill(node.grad.values.data() + begin, node.grad.values.data() + end, Real(0));
               });
  }
}

void Tape::run_backward(Var root) {
  root.node().reached = true;
  for (int i = root.index; i >= 0; --i) {
    Node& node = nodes[i];
    if (!node.reached) continue;
    if (observer != nullptr) observer->before_backward(*this, i);
    if (node.op->backward != nullptr) node.op->backward(*this, node);
    if (observer != nullptr) observer->after_backward(*this, i);
  }
}

int first_non_finite(const Tape& tape) {
  for (int i = 0; i < tape.size(); ++i) {
    if (!all_finite(tape.value(i))) return i;
  }
  return -1;
}

std::vector<bool> nodes_that_depend_on(const Tape& tape, int node, int last) {
  std::vector<bool> depends(std::size_t(last) + 1, false);
  if (node <= last) depends[node] = true;
  for (int i = node + 1; i <= last; ++i) {
    for (int input : tape.nodes[i].inputs) depends[i] = depends[i] || depends[input];
  }
  return depends;
}

std::string missing_rule(const Tape& tape, int index) {
  const Node& node = tape.nodes[index];
  if (!node.wants_grad || node.op->forward == nullptr || node.op->backward != nullptr) return "";
  return text("a gradient arrives, but ", node.op->name,
              " has no backward rule (set Op::backward, to nothing_flows_back where none is due)");
}

std::string describe(const Tape& tape, int index) {
  const Node& node = tape.nodes[index];
  return text("node ", index, ", ", node.op->name, node.name.empty() ? "" : " ", node.name, " of ",
              tape.value(index).shape, ", made at ", node.made_at);
}

}  // namespace strata
