// Samples of entries: what is drawn, how far to believe a sample, and that threads change no bit.

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <set>

#include "autoencoders/multilayer.hpp"
#include "autoencoders/shared.hpp"
#include "core/gradcheck/entry_sample.hpp"
#include "core/gradcheck/gradcheck.hpp"
#include "tests/check_close.hpp"
#include "tests/core/gradcheck/broken_rules.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

struct Parameters {
  std::deque<Parameter> all;
  std::vector<Parameter*> pointers;

  explicit Parameters(const std::vector<std::size_t>& sizes) {
    for (std::size_t size : sizes)
      pointers.push_back(&all.emplace_back(text("p", size), Tensor({size}), true));
  }
};

// A dense autoencoder on four examples, and its objective.
struct Recorded {
  Rng rng{3};
  DenseAutoencoder model;
  Tape tape;
  Objective objective;

  explicit Recorded(std::vector<std::size_t> sizes)
      : model(multilayer_autoencoder(sizes), rng),
        objective(model.objective(tape, tape.input(uniform_tensor({4, sizes[0]}, rng, 0, 1), "X"),
                                  {}, Mode::training)) {}
};

}  // namespace

TEST_CASE("a sample has the same share of every tensor, a few of the smallest, each entry once") {
  const Parameters p({2000, 10, 300, 2, 0});
  const EntrySample sample = sample_of_entries(p.pointers, 231, 1);
  const std::size_t expected[] = {200, 4, 30, 2, 0};
  for (std::size_t k = 0; k < 5; ++k) {
    const std::vector<std::size_t>& entries = sample.entries.at(k);
    CHECK(entries.size() == expected[k]);
    CHECK(std::is_sorted(entries.begin(), entries.end()));
    CHECK(std::set<std::size_t>(entries.begin(), entries.end()).size() == entries.size());
    for (std::size_t i : entries) CHECK(i < p.pointers[k]->value.size());
  }
  CHECK(sample.tried == 236);
  CHECK(sample.of == 2312);
  CHECK(!sample.is_whole());
  CHECK(sample_of_entries(p.pointers, 231, 1).entries == sample.entries);
  CHECK(sample_of_entries(p.pointers, 231, 2).entries != sample.entries);

  const EntrySample whole = sample_of_entries(p.pointers, 2312, 1);
  CHECK(whole.is_whole());
  CHECK(whole.share_found == 0);
  CHECK(whole.entries[3] == std::vector<std::size_t>{0, 1});
}

TEST_CASE("a sample misses what it is said to find with the probability that is said, or less") {
  const Parameters p({1500, 400, 100});
  const EntrySample sample = sample_of_entries(p.pointers, 200, 1);
  check_close(sample.share_found, std::log(20) / 200, 1e-3);  // 3 of as many as are tried
  CHECK(sample_remark(sample) ==
        "differences were taken at 200 of 2000 entries, drawn by seed 1. Were 1.5 % of all entries "
        "wrong, such a sample would miss every one of them with a probability below 5 % (--all "
        "tries every entry)");
  const auto wrong = std::size_t(std::ceil(sample.share_found * 2000));
  for (std::size_t tensor : {0, 1, 2}) {  // all of them in one tensor
    int missed = 0;
    constexpr int seeds = 4000;
    for (int seed = 0; seed < seeds; ++seed) {
      const std::vector<std::size_t> drawn =
          sample_of_entries(p.pointers, 200, std::uint64_t(seed)).entries[tensor];
      missed += std::none_of(drawn.begin(), drawn.end(), [&](std::size_t i) { return i < wrong; });
    }
    CAPTURE(tensor);
    CHECK(missed <= 0.06 * seeds);
    CHECK(missed >= 0.02 * seeds);  // and it is not said to find less than it does
  }
}

TEST_CASE("few entries are all affordable, of many a number that no clock decides") {
  Recorded small({6, 4, 2}), large({400, 300, 10});
  CHECK(affordable_entries(small.tape, small.model.parameters()) ==
        count_of(small.model.parameters()));
  const std::size_t count = affordable_entries(large.tape, large.model.parameters());
  CHECK(count >= 100);
  CHECK(count < count_of(large.model.parameters()) / 10);
  CHECK(affordable_entries(large.tape, large.model.parameters()) == count);
}

TEST_CASE("a check has the same bits for any number of threads, and leaves everything as it was") {
  Recorded r({6, 5, 3});
  const std::vector<Parameter*> parameters = r.model.parameters();
  std::vector<Tensor> before;
  for (const Node& node : r.tape.nodes) before.push_back(node.value);
  const auto check_with = [&](std::size_t threads, const EntrySample& sample) {
    Workers workers(threads);
    return check_objective(r.tape, r.objective, parameters,
                           {.entries = sample.entries, .workers = &workers});
  };
  for (std::size_t count : {30, 1000}) {
    const EntrySample sample = sample_of_entries(parameters, count, 1);
    const std::vector<TensorCheck> one = check_with(1, sample);
    for (std::size_t threads : {2, 3, 7}) {
      const std::vector<TensorCheck> many = check_with(threads, sample);
      REQUIRE(many.size() == one.size());
      for (std::size_t c = 0; c < one.size(); ++c) {
        REQUIRE(many[c].entries.size() == one[c].entries.size());
        CHECK(many[c].verdict == Verdict::ok);
        for (std::size_t k = 0; k < one[c].entries.size(); ++k) {
          CHECK(many[c].entries[k].index == one[c].entries[k].index);
          CHECK(many[c].entries[k].numeric == one[c].entries[k].numeric);
          CHECK(many[c].entries[k].error == one[c].entries[k].error);
        }
      }
    }
  }
  for (int i = 0; i < r.tape.size(); ++i)
    CHECK(r.tape.nodes[i].value.values == before[std::size_t(i)].values);
}

TEST_CASE("a sample finds a rule that is wrong everywhere, and one entry only where it is drawn") {
  Recorded r({6, 5, 3});
  Parameter* const W = r.model.parameters().front();
  const Replaced wrong(r.tape, affine_op, affine_with_wrong_W);  // at dW[0,0] alone
  const auto verdict_at = [&](const std::vector<std::size_t>& entries) {
    const TensorCheck c = check_objective(r.tape, r.objective, {W}, {.entries = {entries}}).back();
    CHECK(c.checked == entries.size());
    CHECK(c.shape == W->value.shape);
    return c.verdict;
  };
  CHECK(verdict_at({3, 7, 11}) == Verdict::ok);
  CHECK(verdict_at({0, 7, 11}) == Verdict::wrong);
  const Replaced everywhere(r.tape, sigmoid_op, sigmoid_without_one_minus_y);
  CHECK(verdict_at({3, 7, 11}) == Verdict::wrong);
  CHECK_THROWS_AS(check_objective(r.tape, r.objective, {W}, {.entries = {{}, {}}}), Error);
}
