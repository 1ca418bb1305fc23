#include "pretraining/runs/results_head.hpp"

namespace strata {

Json results_head_json(const ResultsHead& head, const Dataset& train, const Dataset& test) {
  return Json::object({{"program", "strata"},
                       {"version", head.version},
                       {"command", head.command},
                       {"real", real_name},
                       {"seed", head.seed},
                       {"threads", head.threads},
                       {"data", Json::object({{"name", train.name},
                                              {"features", train.features()},
                                              {"train", train.size()},
                                              {"test", test.size()}})}});
}

}  // namespace strata
