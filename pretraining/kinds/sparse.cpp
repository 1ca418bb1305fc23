#include "pretraining/kinds/figures.hpp"
namespace strata::report {
std::string sparse_figures(TrainRun&) { return ""; }
}
