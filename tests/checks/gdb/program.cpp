// A program for tests/checks/gdb_printers.sh to stand still in: tensors of every kind, memory that
// was never a tensor, and passes whose numbers go wrong. `look_at` is where it stops.

#include <cmath>
#include <cstring>
#include <limits>
#include <string>

#include "core/inspect/debugger/debugger.hpp"
#include "core/inspect/journal.hpp"
#include "core/random/rng.hpp"

using namespace strata;

namespace {

void look_at() {}

template <class T>
struct Raw {  // memory of the size of a T in which no T was ever made
  alignas(T) unsigned char bytes[sizeof(T)];
  const T* get() const { return reinterpret_cast<const T*>(bytes); }
};

Tensor counted(const Shape& shape) {
  Tensor A(shape);
  for (std::size_t i = 0; i < A.size(); ++i) A[i] = Real(i);
  return A;
}

void shapes() {
  const Tensor vector = counted({3}), matrix = counted({2, 3}), images = counted({3, 2, 2, 2}),
               cube = counted({2, 1, 4}), one = Tensor::scalar(Real(0.5)), nothing, no_rows({0, 4});
  const Tensor huge = counted({1000, 1000}), long_vector = counted({1000000});
  Tensor odd({1, 3}), giver({2, 2});
  odd[0] = std::numeric_limits<Real>::quiet_NaN();
  odd[1] = -std::numeric_limits<Real>::infinity();
  odd[2] = Real(-1e-30);
  const Tensor taker = std::move(giver);
  const Shape shape{4, 5};
  [[maybe_unused]] const Var of_no_tape;
  const Parameter unnamed, W("encoder.0.W", counted({2, 2}), true);
  const Workers workers(1);
  look_at();
}

// Memory that holds anything: all bits set, zeros, odd bytes, and tensors of which one field is
// wrong.
void garbage() {
  Raw<Tensor> ones, zeros, odd, rank5, wrong_size, wrong_pointer, huge_shape;
  Raw<Var> var_ones, var_odd;
  Raw<Node> node_ones, node_zeros;
  Raw<Parameter> parameter_ones, parameter_odd;
  Raw<Tape> tape_ones, tape_odd;
  std::memset(&ones, 0xff, sizeof ones);
  std::memset(&zeros, 0, sizeof zeros);
  std::memset(&odd, 0x5a, sizeof odd);
  std::memset(&var_ones, 0xff, sizeof var_ones);
  std::memset(&var_odd, 0x5a, sizeof var_odd);
  std::memset(&node_ones, 0xff, sizeof node_ones);
  std::memset(&node_zeros, 0, sizeof node_zeros);
  std::memset(&parameter_ones, 0xff, sizeof parameter_ones);
  std::memset(&parameter_odd, 0x5a, sizeof parameter_odd);
  std::memset(&tape_ones, 0xff, sizeof tape_ones);
  std::memset(&tape_odd, 0x5a, sizeof tape_odd);
  const Tensor good = counted({2, 3});
  for (Raw<Tensor>* copy : {&rank5, &wrong_size, &wrong_pointer, &huge_shape})
    std::memcpy(copy, &good, sizeof good);
  const std::size_t five = 5, many = std::size_t(1) << 60;
  std::memcpy(rank5.bytes + offsetof(Shape, rank), &five, sizeof five);
  std::memcpy(wrong_size.bytes, &five, sizeof five);
  std::memcpy(huge_shape.bytes, &many, sizeof many);
  const std::size_t nowhere[3] = {8, 8 + 6 * sizeof(Real), 8 + 6 * sizeof(Real)};
  std::memcpy(wrong_pointer.bytes + sizeof(Shape), nowhere, sizeof nowhere);
  look_at();
}

// A chain of many nodes with one logarithm of a negative number in its middle.
void forward_nan() {
  Rng rng(1);
  Tape tape;
  Parameter W("W", normal_tensor({3, 3}, rng), true);
  const Var start = tape.variable(uniform_tensor({4, 3}, rng, Real(0.1), Real(0.9)), "X");
  Var X = matmul(start, tape.parameter(W));
  for (int i = 0; i < 150; ++i) X = tanh(X);
  X = log(X);  // some entries are negative
  for (int i = 0; i < 150; ++i) X = tanh(X);
  const Objective objective = sum_of_terms({{"mean", mean(X)}});
  tape.backward(objective.total);
}

// Values that are all finite, and a gradient that is not: the root of 0.
void backward_inf() {
  Tape tape;
  const Var X = tape.variable(Tensor({2, 2}, {0, 1, 2, 3}), "X");
  Var Y = scale(X, 2);
  for (int i = 0; i < 100; ++i) Y = scale(Y, 1);
  const Objective objective = sum_of_terms({{"sum", sum(sqrt(Y))}});
  tape.backward(objective.total);
}

// A NaN in the data: no rule makes it, the first that meets it is told.
void data_nan() {
  Tape tape;
  Tensor data({2, 2}, 1);
  data[3] = std::numeric_limits<Real>::quiet_NaN();
  Parameter W("W", Tensor({2, 2}, 1), true);
  const Var X = tape.input(data, "X");
  const Objective objective = sum_of_terms({{"mean", mean(tanh(matmul(X, tape.parameter(W))))}});
  tape.backward(objective.total);
}

// A million entries pass through a few nodes.
void large_pass() {
  Tape tape;
  Journal journal(64);
  tape.observer = &journal;
  const Var X = tape.variable(counted({1000, 1000}), "X");
  const Objective objective = sum_of_terms({{"mean", mean(scale(X, 2))}});
  tape.backward(objective.total);
  look_at();
}

void one_life(Real x) {
  Tensor data({2}, x);
  Tape tape;
  const Var X = tape.variable(data, "X");
  X.node().reached = false;
}

void two_lives() {
  one_life(1);
  one_life(2);
}

void many_nodes() {
  Tape tape;
  Var X = tape.variable(counted({2, 3}), "X");
  for (int i = 0; i < 2000; ++i) X = scale(X, 1);
  const Objective objective = sum_of_terms({{"sum", sum(X)}});
  tape.backward(objective.total);
  look_at();
}

}  // namespace

int main(int count, char** words) {
  const std::string what = count > 1 ? words[1] : "shapes";
  if (what == "shapes") shapes();
  if (what == "garbage") garbage();
  if (what == "forward_nan") forward_nan();
  if (what == "backward_inf") backward_inf();
  if (what == "data_nan") data_nan();
  if (what == "large_pass") large_pass();
  if (what == "many_nodes") many_nodes();
  if (what == "two_lives") two_lives();
  return 0;
}
