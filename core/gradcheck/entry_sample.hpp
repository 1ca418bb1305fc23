#pragma once
// Which entries of the parameters are held against differences. Trying one costs some 40 forward
// passes, so a model of many weights is checked at a random sample. How many that are follows from
// arithmetic alone, not from a clock: one seed means one sample, on every machine.

#include <cstdint>
#include <string>
#include <vector>

#include "core/autodiff/tape.hpp"

namespace strata {

/// How many entries can be tried in about 5 to 25 seconds of one processor, 100 at least: as many
/// as there are where these are fewer.
std::size_t affordable_entries(Tape& tape, const std::vector<Parameter*>& parameters);

struct EntrySample {
  std::vector<std::vector<std::size_t>> entries;  // of each parameter, rising
  std::size_t tried = 0, of = 0;                  // entries, of all parameters together
  std::uint64_t seed = 0;

  bool is_whole() const { return tried == of; }
  /// Were more than this share of all entries wrong, wherever they are, the sample would hold none
  /// of them with a probability below most_missed. 0 where every entry is tried.
  double share_found = 0;
};
/// The probability with which a sample may miss what it is said to find.
inline constexpr double most_missed = 0.05;

/// About `count` entries: the same share of every parameter's, and at least a few of each.
EntrySample sample_of_entries(const std::vector<Parameter*>& parameters, std::size_t count,
                              std::uint64_t seed);

/// "differences were taken at 448 of 39568 entries, drawn by seed 1. Were …": how far to believe
/// it.
std::string sample_remark(const EntrySample& sample);

}  // namespace strata
