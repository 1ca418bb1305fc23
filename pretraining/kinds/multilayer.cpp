#include "pretraining/kinds/figures.hpp"
namespace strata::report {
std::string multilayer_figures(TrainRun&) { return ""; }
}
