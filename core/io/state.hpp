#pragma once
// What a computation must remember to go on later as if it had never stopped: tensors, numbers and
// generators under names (a "state dict" elsewhere). One function shows all of it to a State, which
// either notes it down or puts it back:
//
//   void remember(State& state) override { state.tensors("velocity", velocity); }
//
// So saving and restoring cannot disagree. Numbers stay double in the float build too; counts are
// exact up to 2⁵³.

#include <string>
#include <utility>
#include <vector>

#include "core/random/rng.hpp"

namespace strata {

struct State {
  bool restoring = false;  // false: the functions note down; true: they put back
  bool finished =
      false;  // the computation is done: what only its next step would need may be left out

  std::vector<std::pair<std::string, Tensor>> kept_tensors = {};
  std::vector<std::pair<std::string, std::vector<double>>> kept_numbers = {};
  std::vector<std::pair<std::string, std::string>> kept_texts = {};

  // Each notes down what it is given, or changes it to what was noted. A name serves once, and has
  // no '/' in it: noting down throws Error for another. Putting back throws Error for a name that
  // is missing.

  /// Putting back throws Error where the shapes differ.
  void tensor(const std::string& name, Tensor& A);
  /// Any number of tensors, even none, of any shapes: name.0, name.1, …
  void tensors(const std::string& name, std::vector<Tensor>& all);
  void numbers(const std::string& name, std::vector<double>& all);
  void number(const std::string& name, double& value);
  /// Throws Error above 2⁵³.
  void count(const std::string& name, std::size_t& value);
  /// A count of what is noted under names of its own. Putting back throws Error for a count that
  /// is larger than the number of all names.
  void how_many(const std::string& name, std::size_t& value);
  void flag(const std::string& name, bool& value);
  void generator(const std::string& name, Rng& rng);
  void text(const std::string& name, std::string& words);
};

}  // namespace strata
