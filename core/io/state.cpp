#include "core/io/state.hpp"

#include <algorithm>

#include "core/check.hpp"

namespace strata {
namespace {

template <class Pairs>
auto find_in(Pairs& pairs, const std::string& name) {
  return std::find_if(pairs.begin(), pairs.end(),
                      [&](const auto& pair) { return pair.first == name; });
}

template <class Pairs, class Value>
void note_or_put_back(bool restoring, Pairs& pairs, const std::string& name, Value& value) {
  const auto found = find_in(pairs, name);
  if (!restoring) {
    check(name.find('/') == std::string::npos, "state: the name ", name,
          " has a '/' in it, which a checkpoint puts behind the name of the stage (take another "
          "letter)");
    check(found == pairs.end(), "state: the name ", name,
          " is taken (each value needs a name of its own)");
    pairs.emplace_back(name, value);
    return;
  }
  check(found != pairs.end(), "state: there is no ", name);
  value = found->second;
}

}  // namespace

void State::tensor(const std::string& name, Tensor& A) {
  const Shape shape = A.shape;
  const auto found = find_in(kept_tensors, name);
  if (restoring && found != kept_tensors.end()) {
    check(found->second.shape == shape, "state: ", name, " was ", found->second.shape, " and is ",
          shape, " now");
  }
  note_or_put_back(restoring, kept_tensors, name, A);
}

void State::tensors(const std::string& name, std::vector<Tensor>& all) {
  std::size_t size = all.size();
  how_many(name, size);
  all.resize(size);
  for (std::size_t k = 0; k < size; ++k)
    note_or_put_back(restoring, kept_tensors, strata::text(name, ".", k), all[k]);
}

void State::numbers(const std::string& name, std::vector<double>& all) {
  note_or_put_back(restoring, kept_numbers, name, all);
}

void State::number(const std::string& name, double& value) {
  std::vector<double> one = {value};
  numbers(name, one);
  check(one.size() == 1, "state: ", name, " has ", one.size(), " numbers, not 1");
  value = one[0];
}

void State::count(const std::string& name, std::size_t& value) {
  double exact = double(value);
  number(name, exact);
  check(exact >= 0 && exact <= 0x1p53, "state: ", name, " is ", exact, ", not a count");
  value = std::size_t(exact);
}

void State::how_many(const std::string& name, std::size_t& value) {
  count(name, value);
  const std::size_t names = kept_tensors.size() + kept_numbers.size() + kept_texts.size();
  check(!restoring || value <= names, "state: ", name, " is ", value, ", but there are only ",
        names, " values");
}

void State::flag(const std::string& name, bool& value) {
  std::size_t as_count = value;
  count(name, as_count);
  value = as_count != 0;
}

// A word of 64 bits as two numbers of 32: a double holds 53.
void State::generator(const std::string& name, Rng& rng) {
  RngState state = rng.state();
  std::vector<double> halves;
  for (const std::uint64_t word : state.words) {
    halves.push_back(double(word >> 32));
    halves.push_back(double(word & 0xffffffff));
  }
  numbers(name, halves);
  check(halves.size() == 2 * state.words.size(), "state: ", name, " is no generator's");
  for (const double half : halves)
    check(half >= 0 && half < 0x1p32, "state: ", name, " has ", half,
          ", which is no half of a word");
  for (std::size_t k = 0; k < state.words.size(); ++k)
    state.words[k] = std::uint64_t(halves[2 * k]) << 32 | std::uint64_t(halves[2 * k + 1]);
  rng.set_state(state);
}

void State::text(const std::string& name, std::string& words) {
  note_or_put_back(restoring, kept_texts, name, words);
}

}  // namespace strata
