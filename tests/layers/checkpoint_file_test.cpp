#include <cmath>

#include "core/io/files.hpp"
#include "core/io/safetensors.hpp"
#include "tests/check_close.hpp"
#include "tests/contains.hpp"
#include "tests/layers/interrupted_training.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

// A checkpoint of two epochs, as bytes.
std::string checkpoint_bytes(const std::string& file) {
  Training training;
  training.fit.epochs = 2;
  volatile std::sig_atomic_t flag = 0;
  Checkpoint checkpoint(
      {.file = file, .run = {{"--rho", "0.1"}, {"--tied", ""}}, .interrupted = &flag});
  CHECK_THROWS_AS(training.run(&checkpoint, flag, 6), Interrupted);
  return read_file(file);
}

// What is said of these bytes; they are left as they are.
std::string refusal(const std::string& file, const std::string& bytes) {
  write_file(file, bytes);
  Checkpoint checkpoint({.file = file, .run = {{"--rho", "0.1"}, {"--tied", ""}}});
  const std::string error = error_of([&] { checkpoint.resume(file); });
  CHECK(read_file(file) == bytes);
  CHECK((error.empty() || error.starts_with(file)));
  CHECK(count(error, "\n") == 0);
  return error;
}

}  // namespace

TEST_CASE(
    "checkpoint: a file cut off anywhere, or with any byte changed, is refused and left as it is") {
  const Scratch scratch;
  const std::string file = scratch.file("c.safetensors");
  const std::string good = checkpoint_bytes(file);
  CHECK(refusal(file, good).empty());
  Rng rng(1);
  for (int k = 0; k < 150; ++k) {
    std::string changed = good;
    const std::size_t at = k < 20 ? std::size_t(k) : rng.below(good.size());
    changed[at] = char(changed[at] ^ (1 << rng.below(8)));
    CAPTURE(at);
    CHECK(!refusal(file, changed).empty());
    CHECK(!refusal(file, good.substr(0, at)).empty());
  }
  CHECK(!refusal(file, good.substr(0, good.size() - 1)).empty());
  CHECK(!refusal(file, good + "x").empty());
}

TEST_CASE("checkpoint: foreign files and other runs are refused, and named") {
  const Scratch scratch;
  const std::string file = scratch.file("c.safetensors");
  checkpoint_bytes(file);
  const auto resumed = [&](const std::string& rho, const std::string& tied) {
    Checkpoint checkpoint({.file = file, .run = {{"--rho", rho}, {"--tied", tied}}});
    return error_of([&] { checkpoint.resume(file); });
  };
  CHECK(resumed("0.1", "").empty());
  CHECK(contains(resumed("0.2", "given"), "another run: --rho was 0.1 there and is 0.2 here"));
  CHECK(contains(resumed("0.1", "given"), "--tied was not given there and is given here"));
  Checkpoint without({.file = file, .run = {{"--tied", ""}}});
  CHECK(contains(error_of([&] { without.resume(file); }),
                 "--rho was 0.1 there and is not given here"));
  CHECK(contains(refusal(file, "examples,features\n1,2\n"), "not a safetensors file"));
  CHECK(contains(refusal(file, ""), "not a safetensors file"));
  write_safetensors(file, {.tensors = {{"W", Tensor({2})}}});
  CHECK(contains(refusal(file, read_file(file)), "but not a checkpoint of Strata"));
  write_safetensors(file, {.metadata = {{"strata", "{}"}}});
  CHECK(contains(refusal(file, read_file(file)), "is a model of Strata, not a checkpoint"));
  CHECK(contains(error_of([&] { Checkpoint({.file = file}).resume(scratch.file("none")); }),
                 "no such file"));
}

TEST_CASE(
    "state: what is noted down comes back with all bits; what is missing or of another shape is "
    "named") {
  State noted;
  Rng rng(9), other(10);
  double third = 1.0 / 3, beyond_float = 1e300;
  std::size_t large = (std::size_t(1) << 53) - 1;
  Tensor A({2, 1}, {Real(0.1), Real(-0.0)});
  std::vector<Tensor> none, two = {A, Tensor({3})};
  std::string words = "sigma ρ";
  const auto remember = [&](State& state) {
    state.generator("rng", rng);
    state.number("third", third);
    state.number("beyond", beyond_float);
    state.count("large", large);
    state.tensor("A", A);
    state.tensors("none", none);
    state.tensors("two", two);
    state.text("words", words);
  };
  remember(noted);
  const RngState before = rng.state();
  rng = other;
  third = beyond_float = 0;
  large = 0;
  A.fill(7);
  none = {A};
  two.clear();
  words = "";
  noted.restoring = true;
  remember(noted);
  CHECK(rng.state() == before);
  CHECK(third == 1.0 / 3);
  CHECK(beyond_float == 1e300);
  CHECK(large == 9007199254740991);
  CHECK(A[0] == Real(0.1));
  CHECK(std::signbit(A[1]));
  CHECK(none.empty());
  REQUIRE(two.size() == 2);
  CHECK(two[1].shape == Shape{3});
  CHECK(words == "sigma ρ");
  CHECK(contains(error_of([&] { noted.number("fourth", third); }), "there is no fourth"));
  Tensor wider({2, 2});
  CHECK(contains(error_of([&] { noted.tensor("A", wider); }), "A was 2×1 and is 2×2 now"));
  State twice;
  twice.number("x", third);
  CHECK(contains(error_of([&] { twice.number("x", third); }), "the name x is taken"));
  CHECK(contains(error_of([&] { twice.number("a/b", third); }), "a/b has a '/' in it"));
}

TEST_CASE("counts of what follows are held against what is there, generators against 32 bits") {
  State state;
  double x = 1;
  std::size_t two = 2, huge = std::size_t(1) << 50;
  state.number("x", x);
  state.how_many("two", two);
  state.how_many("huge", huge);
  std::vector<double> beyond(8, 1e141), negative(8, -1);
  state.numbers("rng", beyond);
  state.numbers("negative", negative);
  state.restoring = true;
  state.how_many("two", two);
  CHECK(two == 2);
  CHECK(contains(error_of([&] { state.how_many("huge", huge); }),
                 "huge is 1125899906842624, but there are only 5 values"));
  std::vector<Tensor> all;
  state.kept_numbers.emplace_back("all", std::vector<double>{1e9});
  CHECK(contains(error_of([&] { state.tensors("all", all); }), "all is 1000000000"));
  Rng rng(1);
  CHECK(contains(error_of([&] { state.generator("rng", rng); }), "rng has 1e+141"));
  CHECK(contains(error_of([&] { state.generator("negative", rng); }), "negative has -1"));
}
