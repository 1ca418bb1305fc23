#pragma once
// What the program tells every run that trains, and what its results.json begins with.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "core/data/dataset.hpp"
#include "core/io/json.hpp"

namespace strata {

/// Of a run of the program: results.json and the page say it, nothing depends on it.
struct RunFacts {
  std::string version{};
  std::size_t threads = 1;
  std::string command_line{};
  SplitKind split = SplitKind::own;
  std::string test_rows{};  // which they are, for the page
};

/// An object with program, version, command, real, seed, threads, and data: the training rows' name
/// and features, the number of rows of both parts, how they were split, and the name of a test set
/// that has another.
inline Json results_head_json(const std::string& command, const RunFacts& facts, std::uint64_t seed,
                              const Dataset& train, const Dataset& test) {
  Json json = Json::object({{"program", "strata"},
                            {"version", facts.version},
                            {"command", command},
                            {"real", real_name},
                            {"seed", seed},
                            {"threads", facts.threads},
                            {"data", Json::object({{"name", train.name},
                                                   {"features", train.features()},
                                                   {"train", train.size()},
                                                   {"test", test.size()},
                                                   {"split", split_kinds.name(facts.split)}})}});
  if (test.size() > 0 && test.name != train.name) json["data"]["test_name"] = test.name;
  return json;
}

/// An array of these numbers.
template <class Numbers>
Json json_list(const Numbers& numbers) {
  return Json::array({numbers.begin(), numbers.end()});
}
inline Json json_or_null(const std::optional<double>& number) {
  return number ? Json(*number) : Json();
}

}  // namespace strata
