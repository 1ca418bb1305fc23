#pragma once
// The sections that a kind adds to the page of `strata train` (train_page.hpp). Each is named in the kind's row of
// pretraining/cli/kinds.cpp, and stands in a file of its own.

#include "pretraining/kinds/train_page.hpp"

namespace strata::report {

std::string denoising_figures(TrainRun& run);  // clean, corrupted, restored; of two features the vector field
std::string contractive_figures(TrainRun& run);
std::string variational_figures(TrainRun& run);
std::string linear_figures(TrainRun& run);
std::string undercomplete_figures(TrainRun& run);
std::string overcomplete_figures(TrainRun& run);
std::string multilayer_figures(TrainRun& run);
std::string sparse_figures(TrainRun& run);

}  // namespace strata::report
