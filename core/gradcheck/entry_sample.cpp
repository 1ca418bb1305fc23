#include "core/gradcheck/entry_sample.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>

#include "core/check.hpp"

namespace strata {
namespace {

constexpr double passes_of_entry = 40;      // Ridders' scheme: 17 in a round, one to five rounds
constexpr double operations_of_node = 200;  // that its numbers do not account for
constexpr double most_operations = 5e10;
constexpr double least_tried = 100;       // of all entries together
constexpr std::size_t least_of_each = 4;  // of each parameter's

// Of a forward pass from `leaf` on, roughly: every number that goes in or comes out counts one, and
// a weight one for each place at which it is used, an example or a pixel.
double operations_of_pass(const Tape& tape, int leaf) {
  double operations = 0;
  for (int i = leaf; i < tape.size(); ++i) {
    const Node& node = tape.nodes[i];
    if (node.op->forward == nullptr) continue;
    const Tensor& value = node.value;
    const double places = value.shape.rank < 2 || value.size() == 0
                              ? 1
                              : double(value.size()) / double(value.shape[1]);
    operations += operations_of_node + double(value.size());
    for (int input : node.inputs) {
      const bool is_weight = tape.nodes[input].parameter != nullptr;
      operations += double(tape.value(input).size()) * (is_weight ? places : 1);
    }
  }
  return operations;
}

// `count` of the numbers below n, each as likely as any other.
std::vector<std::size_t> draw(std::size_t count, std::size_t n, Rng& rng) {
  std::vector<std::size_t> drawn(n);
  std::iota(drawn.begin(), drawn.end(), std::size_t(0));
  for (std::size_t k = 0; k < count && count < n; ++k)
    std::swap(drawn[k], drawn[k + rng.below(n - k)]);
  drawn.resize(count);
  std::sort(drawn.begin(), drawn.end());
  return drawn;
}

}  // namespace

std::size_t affordable_entries(Tape& tape, const std::vector<Parameter*>& parameters) {
  double needed = 0;
  std::size_t entries = 0;
  for (Parameter* p : parameters) {
    const double of_entry = passes_of_entry * operations_of_pass(tape, tape.parameter(*p).index);
    needed += double(p->value.size()) * of_entry;
    entries += p->value.size();
  }
  if (needed <= most_operations) return entries;
  const double affordable = most_operations / needed * double(entries);
  return std::min(entries, std::size_t(std::max(affordable, least_tried)));
}

EntrySample sample_of_entries(const std::vector<Parameter*>& parameters, std::size_t count_of_all,
                              std::uint64_t seed) {
  EntrySample sample;
  sample.seed = seed;
  for (const Parameter* p : parameters) sample.of += p->value.size();
  const double share =
      std::min(1.0, double(count_of_all) / double(std::max<std::size_t>(1, sample.of)));
  double least_share = 1;
  for (std::size_t k = 0; k < parameters.size(); ++k) {
    const std::size_t n = parameters[k]->value.size();
    const std::size_t count =
        std::min(n, std::max(least_of_each, std::size_t(std::ceil(share * double(n)))));
    Rng rng(seed, k);
    sample.entries.push_back(draw(count, n, rng));
    sample.tried += count;
    if (n > 0) least_share = std::min(least_share, double(count) / double(n));
  }
  // With w wrong entries in a tensor, of whose n entries c are drawn, none of them is among these
  // with a probability of at most (1 − w/n)ᶜ ≤ exp(−w c/n); and so of all tensors with the least
  // c/n.
  if (!sample.is_whole())
    sample.share_found = std::min(1.0, -std::log(most_missed) / (least_share * double(sample.of)));
  return sample;
}

std::string sample_remark(const EntrySample& sample) {
  char share[32];
  std::snprintf(share, sizeof share, "%.2g", 100 * sample.share_found);
  return text("differences were taken at ", sample.tried, " of ", sample.of,
              " entries, drawn by seed ", sample.seed, ". Were ", share,
              " % of all entries wrong, such a sample would miss every one of them with a "
              "probability below ",
              100 * most_missed, " % (--all tries every entry)");
}

}  // namespace strata
