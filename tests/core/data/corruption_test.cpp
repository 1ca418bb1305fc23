// What each corruption does to data, and the operation that draws it on a tape.

#include "core/data/corruption.hpp"

#include <doctest/doctest.h>

#include "core/autodiff/ops.hpp"
#include "tests/allocation_count.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

using enum CorruptionKind;

const std::size_t many = 100'000, columns = 4;

Tensor clean_rows(std::uint64_t seed = 1) {
  Rng rng(seed);
  return uniform_tensor({many, columns}, rng, 0.2, 0.8);  // none is 0 or 1
}

double share(std::size_t count) {
  return double(count) / double(many * columns);
}

}  // namespace

TEST_CASE(
    "masking sets its share of the entries to 0, in every column alike, and leaves the others") {
  const Tensor X = clean_rows();
  for (const double probability : {0.3, 0.75}) {
    Rng rng(2);
    const Tensor C = corrupt(X, {.kind = masking, .amount = Real(probability)}, rng);
    std::vector<std::size_t> zeros(columns);
    std::size_t pairs = 0;  // both of two neighbours: the draws are independent
    for (std::size_t i = 0; i < many; ++i) {
      for (std::size_t j = 0; j < columns; ++j) {
        zeros[j] += C(i, j) == 0;
        if (C(i, j) != 0 && C(i, j) != X(i, j))
          FAIL("entry ", i, ", ", j, " is neither 0 nor clean");
      }
      pairs += C(i, 0) == 0 && C(i, 1) == 0;
    }
    for (std::size_t count : zeros)
      check_close(double(count) / double(many), probability, 0, 0.006);
    check_close(double(pairs) / double(many), probability * probability, 0, 0.006);
  }
}

TEST_CASE("salt and pepper: half of its share each, at the ends of the range that is given") {
  const Tensor X = clean_rows();
  for (const Real low : {Real(0), Real(-1)}) {
    Rng rng(3);
    const Tensor C =
        corrupt(X, {.kind = salt_and_pepper, .amount = Real(0.3), .low = low, .high = 1}, rng);
    std::size_t pepper = 0, salt = 0, kept = 0;
    for (std::size_t i = 0; i < X.size(); ++i) {
      pepper += C[i] == low;
      salt += C[i] == 1;
      kept += C[i] == X[i];
    }
    CHECK(pepper + salt + kept == X.size());
    check_close(share(pepper), 0.15, 0, 0.004);
    check_close(share(salt), 0.15, 0, 0.004);
  }
}

TEST_CASE(
    "Gaussian noise has mean 0 and the deviation given, whatever the entry, and is not clipped") {
  const Tensor X = clean_rows();
  Rng rng(4);
  const Tensor C = corrupt(X, {.kind = gaussian, .amount = Real(0.3)}, rng);
  double sum = 0, squares = 0, with_x = 0;
  std::size_t outside = 0;
  for (std::size_t i = 0; i < X.size(); ++i) {
    const double noise = double(C[i]) - double(X[i]);
    sum += noise;
    squares += noise * noise;
    with_x += noise * (double(X[i]) - 0.5);
    outside += C[i] < 0 || C[i] > 1;
  }
  check_close(sum / double(X.size()), 0, 0, 0.002);
  check_close(squares / double(X.size()), 0.09, 0.01);
  check_close(with_x / double(X.size()), 0, 0, 0.0005);
  CHECK(share(outside) > 0.05);
}

TEST_CASE("none and all: the ends of every range") {
  const Tensor X = clean_rows();
  for (const CorruptionKind kind : {masking, salt_and_pepper, gaussian}) {
    Rng rng(5);
    CHECK(corrupt(X, {.kind = kind, .amount = 0}, rng).values == X.values);
  }
  Rng rng(5);
  CHECK(corrupt(X, {.kind = masking, .amount = 1}, rng).values == Tensor(X.shape).values);
  const Tensor C = corrupt(X, {.kind = salt_and_pepper, .amount = 1}, rng);
  CHECK(std::all_of(C.values.begin(), C.values.end(), [](Real c) { return c == 0 || c == 1; }));
}

TEST_CASE("one state of the generator gives one corruption, the next call another") {
  const Tensor X = clean_rows();
  for (const CorruptionKind kind : {masking, salt_and_pepper, gaussian}) {
    Rng a(6), b(6);
    const Corruption corruption{.kind = kind};
    const Tensor first = corrupt(X, corruption, a);
    CHECK(first.values == corrupt(X, corruption, b).values);
    CHECK(a.state() == b.state());
    CHECK(first.values != corrupt(X, corruption, a).values);
  }
}

TEST_CASE("a function of one's own is given a copy of the clean rows and the generator") {
  const Corruption erase_a_column{.kind = custom, .function = [](Tensor& X, Rng& rng) {
                                    const std::size_t j = rng.below(X.cols());
                                    for (std::size_t i = 0; i < X.rows(); ++i) X(i, j) = -7;
                                  }};
  const Tensor X = Tensor::matrix({{1, 2, 3}, {4, 5, 6}});
  Rng rng(7), same(7);
  const std::size_t j = same.below(3);
  Tensor expected = X;
  expected(0, j) = expected(1, j) = -7;
  CHECK(corrupt(X, erase_a_column, rng).values == expected.values);
  CHECK(corruption_text(erase_a_column) == "a corruption of your own");

  const Corruption reshapes{.kind = custom, .function = [](Tensor& A, Rng&) {
                              A = Tensor({2, 2});
                            }};
  CHECK(error_of([&] { corrupt(X, reshapes, rng); }) ==
        "corruption: the function made 2×2 of 2×3 (it must keep the shape)");
  CHECK(error_of([&] { corrupt(X, {.kind = custom}, rng); }) ==
        "corruption: a custom one needs its function");
}

TEST_CASE("corruption goes into memory that is there, for a short batch and a full one again") {
  Rng rng(8);
  const Tensor full = uniform_tensor({32, 10}, rng, 0, 1), part = slice_rows(full, 0, 5);
  for (const CorruptionKind kind : {masking, salt_and_pepper, gaussian}) {
    Tensor C;
    corrupt_into(C, full, {.kind = kind}, rng);
    const std::size_t before = testing::allocation_count();
    corrupt_into(C, part, {.kind = kind}, rng);
    CHECK(C.shape == part.shape);
    CHECK(C.size() == part.size());
    corrupt_into(C, full, {.kind = kind}, rng);
    CHECK(testing::allocation_count() == before);
  }
}

TEST_CASE("settings come back from JSON, and those that make no sense are refused") {
  for (const std::string& name : corruption_kinds.names) {
    const Corruption c{
        .kind = corruption_kinds.named(name), .amount = Real(0.25), .low = -1, .high = 2};
    const Corruption back =
        corruption_from_json(parse_json(corruption_to_json(c).dump(), "a test"));
    CHECK(back.kind == c.kind);
    CHECK(back.amount == c.amount);
    CHECK(back.low == c.low);
    CHECK(back.high == c.high);
  }
  CHECK(error_of([] {
          corruption_to_json({.kind = custom, .function = [](Tensor&, Rng&) {}});
        }).find("of your own cannot be saved or copied") != std::string::npos);
  CHECK(error_of([] {
          corruption_kinds.named("custom");
        }).find("choose one of masking, salt_and_pepper, gaussian") != std::string::npos);
  Rng rng(1);
  const auto error = [&](const Corruption& c) {
    return error_of([&] { corrupt(Tensor({1, 2}), c, rng); });
  };
  CHECK(error({.amount = Real(1.5)}) ==
        "corruption: the probability is 1.5, but must lie in [0, 1]");
  CHECK(error({.kind = gaussian, .amount = -1}) ==
        "corruption: the deviation is -1, but must be 0 or above");
  CHECK(error({.kind = salt_and_pepper, .low = 2}) == "corruption: pepper is 2, above salt, 1");
  CHECK(error({.kind = masking, .amount = std::numeric_limits<Real>::quiet_NaN()}) != "");
  CHECK(corruption_text({}) == "masking 0.3");
}

TEST_CASE(
    "on a tape: each replay draws anew, from the rows that are there by then; a check keeps the "
    "draw") {
  Rng rng(9), same(9);
  const Corruption half{.amount = Real(0.5)};
  const Tensor A = uniform_tensor({6, 5}, rng, 1, 2), B = uniform_tensor({6, 5}, rng, 3, 4);
  same.set_state(rng.state());
  Tape tape;
  const Var X = tape.input(A, "X");
  const Var C = corrupt(X, half, rng);
  const Tensor first = C.value();
  CHECK(first.values == corrupt(A, half, same).values);
  tape.replay(Randomness::keep);
  CHECK(C.value().values == first.values);
  CHECK(rng.state() == same.state());
  tape.set_input(X, B);
  tape.replay();
  CHECK(C.value().values == corrupt(B, half, same).values);
  CHECK(rng.state() == same.state());
  CHECK(error_of([&] { corrupt(X, Corruption{.amount = 2}, rng); }).find("[0, 1]") !=
        std::string::npos);
}
