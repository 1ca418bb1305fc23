#include "pretraining/kinds/figures.hpp"
namespace strata::report {
std::string variational_figures(TrainRun&) {
  return "";
}
}  // namespace strata::report
