#pragma once
// What the results.json of every command that trains begins with: who made it, how, and of which
// data.

#include <cstddef>
#include <cstdint>
#include <string>

#include "core/data/dataset.hpp"
#include "core/io/json.hpp"

namespace strata {

struct ResultsHead {
  std::string command;  // pretrain, train, …
  std::string version;
  std::uint64_t seed = 1;
  std::size_t threads = 1;
};

/// An object with program, version, command, real, seed, threads, and data: the training rows' name
/// and features, and the number of rows of both parts.
Json results_head_json(const ResultsHead& head, const Dataset& train, const Dataset& test);

}  // namespace strata
