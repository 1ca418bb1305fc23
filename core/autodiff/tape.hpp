#pragma once
// Reverse-mode automatic differentiation. The tape is an append-only list of nodes in the order
// they were computed, so every node stands after its inputs, and the backward pass is one loop from
// the end to the beginning (Linnainmaa 1970; Griewank and Walther 2008). Each node was made by an
// operation: a row of a table with two named functions, so that each rule is a breakpoint and a
// page to read.
//
//   Tape tape;
//   Var X = tape.input(data, "X");
//   Var a = sigmoid(affine(X, tape.parameter(W), tape.parameter(b)));
//   tape.backward(half_mse(a, X));             // adds to W.grad and b.grad
//
// A recorded tape can be replayed on new data of the same shapes: the same functions again, in
// place.

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/autodiff/parameter.hpp"
#include "core/parallel.hpp"
#include "core/random/rng.hpp"
#include "core/tensor.hpp"

namespace strata {

class Tape;
struct Corruption;
struct Node;

/// A place in the source. As a default argument, Site::here() is the line of the caller. Compilers
/// call headers ./layers/lstm.hpp: the "./" is left out.
struct Site {
  const char* file = "";
  int line = 0;
  const char* function = "";

  static constexpr Site here(const char* file = __builtin_FILE(), int line = __builtin_LINE(),
                             const char* function = __builtin_FUNCTION()) {
    const bool is_from_here = file[0] == '.' && file[1] == '/';
    return {is_from_here ? file + 2 : file, line, function};
  }
};

/// Writes layers/dense.cpp:31.
std::ostream& operator<<(std::ostream& out, const Site& site);

constexpr std::size_t most_operands = 6;

/// An operation: its formulas as text, in the grammar of core/formula, and its two functions.
/// `forward` fills node.value from the inputs; `backward` adds this node's contribution to the
/// gradient of each input that wants one, given node.grad. Leaves have neither.
struct Op {
  const char* name = "";
  /// The result of the operands, "Y = X²". What its letters mean may follow: "S = …, ρ̂_j = …".
  const char* formula = "";
  /// One an operand, in their order: "dX += 2 dY ⊙ X", where dX means ∂L/∂X. Operands A_1, A_2, …
  /// of a list share one, "dA_k += …"; an operand without a gradient stands by its letter alone.
  const char* gradients[most_operands] = {};
  /// What the tensors of node.saved are, in their order. Names that begin with d are filled by
  /// backward; "scratch" is room to work in that says nothing to a reader.
  const char* saved[most_operands] = {};
  void (*forward)(Tape&, Node&) = nullptr;
  void (*backward)(Tape&, Node&) = nullptr;
  /// For operations with kinks: a number that changes when any entry moves to another branch (relu:
  /// the signs). The gradient checker compares it on both sides of a difference.
  std::uint64_t (*branch)(Tape&, const Node&) = nullptr;
  /// Forward draws random numbers, or takes note of a batch (running_statistics): it does not run
  /// where draws are kept.
  bool random = false;
  /// The last line of the row that lists these fields, which never lists this one.
  Site written_at = Site::here();
};

/// The backward rule of an operation through which nothing flows back: its result is constant
/// wherever it has a slope, or stands for data. A node of it wants no gradient.
void nothing_flows_back(Tape&, Node&);

/// What an operation needs to know besides its inputs. Each operation documents which fields it
/// reads.
struct Settings {
  Real number = 0;                                // a factor, slope, α or ρ
  std::size_t begin = 0, end = 0;                 // a range of columns
  std::size_t count = 0;                          // how many entries to keep
  std::size_t size = 0, stride = 1, padding = 0;  // of a window that moves over images
  bool symmetric = false;                         // activations lie in (−1, 1) instead of (0, 1)
  Rng* rng = nullptr;                             // random operations draw from it
  const Corruption* corruption = nullptr;         // what corrupt does to its input
  Tensor* statistics = nullptr;                   // running means and variances, kept by a layer
};

struct Node {
  const Op* op = nullptr;
  std::vector<int> inputs{};    // positions on the tape, all before this node's
  Tensor value{};               // empty for a parameter: it is borrowed
  Tensor grad{};                // ∂L/∂value; made by the first backward pass that comes here
  std::vector<Tensor> saved{};  // what forward keeps for backward
  Settings settings{};
  // Of a parameter's leaf: whose value and gradient are used in place
  Parameter* parameter = nullptr;
  std::string name{};       // of a leaf
  Site made_at{};           // the source line that made this node
  bool wants_grad = false;  // a parameter or variable, or computed from one
  bool reached = false;     // the present backward pass has come here
};

/// A handle: a position on a tape.
struct Var {
  Tape* tape = nullptr;
  int index = -1;

  const Tensor& value() const;
  const Tensor& grad() const;
  const Shape& shape() const { return value().shape; }
  Node& node() const;
};

/// Called at every node that a forward or backward pass visits, and at a leaf when it is recorded.
struct Observer {
  virtual ~Observer() = default;
  virtual void after_forward(Tape&, int /*node*/) {}
  virtual void before_backward(Tape&, int /*node*/) {}
  /// A backward rule takes up the gradient of this operand, to add to it, at this line.
  virtual void adds_to(Tape&, int /*operand*/, Site) {}
  virtual void after_backward(Tape&, int /*node*/) {}
};

/// Whether random operations draw anew when a tape is run again.
enum class Randomness { redraw, keep };

class Tape {
 public:
  Tape() = default;
  Tape(const Tape&) = delete;  // Vars point to their tape
  Tape& operator=(const Tape&) = delete;

  // ---- leaves
  /// Data: no gradient is computed for it.
  Var input(Tensor value, std::string name = "input", Site site = Site::here());
  /// A leaf of the tape's own whose gradient is wanted: for checks, Jacobians and inputs that are
  /// optimised.
  Var variable(Tensor value, std::string name = "variable", Site site = Site::here());
  /// Borrows the parameter's value and gradient; it must outlive the tape. The same parameter gives
  /// the same leaf.
  Var parameter(Parameter& parameter, Site site = Site::here());

  // ---- recording and running
  /// Appends a node with a value of the given shape and runs op.forward on it. Operations call
  /// this. Throws Error where forward leaves a value of another shape, now or at a replay.
  Var record(const Op& op, const std::vector<Var>& inputs, const Shape& shape, Settings settings,
             Site site);
  /// Runs forward again for every node from `first` on, in place: after new data was put into the
  /// input leaves, or a parameter moved.
  void replay(Randomness randomness = Randomness::redraw, int first = 0);
  /// Puts new data into an input leaf. Throws Error unless the shape is the recorded one.
  void set_input(Var leaf, const Tensor& value);

  // ---- the backward pass
  /// dL/d(every node) for L = root, a single number. Gradients of nodes are overwritten; gradients
  /// of parameters are added to. Throws Error when the root is not a single number, and where an
  /// operation on the way has no backward rule.
  void backward(Var root);
  /// The same with a given upstream gradient ∂L/∂root of root's shape.
  void backward(Var root, const Tensor& upstream);

  // ---- what rules use
  const Tensor& value(int index) const;
  Tensor& value(int index);
  Tensor& grad(int index);
  /// The value of the k-th input.
  const Tensor& input_value(const Node& node, std::size_t k) const { return value(node.inputs[k]); }
  /// Whether the k-th input has a gradient to add to.
  bool input_wants_grad(const Node& node, std::size_t k) const {
    return nodes[node.inputs[k]].wants_grad;
  }
  /// The gradient of the k-th input, to be added to. Throws Error unless input_wants_grad.
  Tensor& input_grad(const Node& node, std::size_t k, Site site = Site::here());

  int size() const { return int(nodes.size()); }

  /// The objective recorded last (by sum_of_terms): a debugger finds it here. Its terms in order,
  /// and their sum.
  struct NamedNode {
    std::string name;
    int node = -1;
  };
  std::vector<NamedNode> terms;
  int total = -1;

  std::deque<Node> nodes;        // a deque: nodes do not move when more are recorded
  Observer* observer = nullptr;  // may be null
  Workers* workers = nullptr;    // threads for the large products; may be null

 private:
  Var append(Node node);
  Var append_leaf(Node node);
  void run_forward(int index);
  void clear_gradients(Var root);
  void run_backward(Var root);

  std::unordered_map<const Parameter*, int> parameter_leaves_;
};

/// The first node in forward order whose value has a NaN or an infinity; −1 if none has.
int first_non_finite(const Tape& tape);
/// Of each node up to `last`: whether it is computed from `node`, or is that node.
std::vector<bool> nodes_that_depend_on(const Tape& tape, int node, int last);
/// One clause where the node has a gradient to pass on but its operation no backward rule; empty
/// otherwise.
std::string missing_rule(const Tape& tape, int index);
/// One line for people: node 7, log of 3×4, made at layers/dense.cpp:31.
std::string describe(const Tape& tape, int index);

/// The leaves' operations, to be recognised by.
extern const Op input_op;
extern const Op variable_op;
extern const Op parameter_op;

}  // namespace strata
