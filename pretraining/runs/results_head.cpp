#include "pretraining/runs/results_head.hpp"

namespace strata {

Json results_head_json(const std::string& command, const RunFacts& facts, std::uint64_t seed,
                       const Dataset& train, const Dataset& test) {
  return Json::object({{"program", "strata"},
                       {"version", facts.version},
                       {"command", command},
                       {"real", real_name},
                       {"seed", seed},
                       {"threads", facts.threads},
                       {"data", Json::object({{"name", train.name},
                                              {"features", train.features()},
                                              {"train", train.size()},
                                              {"test", test.size()}})}});
}

}  // namespace strata
