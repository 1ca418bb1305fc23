#pragma once
// What a denoising run restores. Its page shows it, and leaves the errors in TrainRun::measured
// under "restored".

#include <vector>

#include "core/data/corruption.hpp"
#include "pretraining/pages/train.hpp"

namespace strata::pages {

struct RestorationOf {
  Corruption corruption;
  bool is_own = false;         // the one that the model was trained on
  Tensor corrupted, restored;  // (shown rows × features)
  // Squared error per example, against the clean rows
  double corrupted_error = 0, restored_error = 0;
};

/// Of the rows that the page shows: the model's own corruption; of pictures also masking, salt and
/// pepper and Gaussian noise at 0.3. The same draws each time. Empty for a model that does not
/// denoise.
std::vector<RestorationOf> restorations(TrainRun& run);

/// g(f(x̃)) − x̃ on a grid over the data (n×2) and around it.
struct VectorField {
  Tensor starts, arrows;  // (grid² × 2)
};
VectorField vector_field(Autoencoder& model, const Tensor& X, std::size_t grid,
                         Workers* workers = nullptr);

}  // namespace strata::pages
