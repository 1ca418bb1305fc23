#pragma once
// From the command line to a model of some kind, and to how it is trained.

#include <string>
#include <vector>

#include "core/data/corruption.hpp"
#include "layers/fit.hpp"
#include "pretraining/cli/help_page.hpp"
#include "pretraining/cli/kinds/kinds.hpp"

namespace strata::cli {

/// The options of all models. Each kind takes some of them (Kind::own_options); what is said of two
/// kinds begins with their names.
inline constexpr const char* model_options = R"(
--layers D-…-K  layer sizes from the features to the code, like 64-100-50-2
--hidden N {[1, ∞)}  code units (default by kind); for data with few features, half the features
--hidden-activation F  activation of the hidden layers other than the code (default by kind): linear
    sigmoid tanh relu leaky_relu elu softplus
--code F  activation of the code (default by kind)
--output F  activation of the output (default by kind)
--loss LOSS  half_mse or bce (default by kind)
--rho P {(0, 1)}  KL sparsity: the mean activation wanted, in (0, 1) (default by kind)
--beta W {[0, ∞)}  weight of the KL term (default by kind); sparse: 0 with --l1 or --keep
--l1 W [0] {[0, ∞)}  weight of the L1 term on the code
--keep K  k-sparse: keep the K largest code units of each example
--decay W {[0, ∞)}  weight of the L2 term on the weights (default by kind)
--tied  decoder weights are the encoder's, transposed
--dropout P [0] {[0, 1)}  while training, each hidden activation is left out with probability P, in
    [0, 1); by tape
--init HOW  xavier, he or lecture
--corruption NAME  of the input in training: masking, salt_and_pepper (pixels become 0 or 1) or
    gaussian (default: masking for denoising, none for others)
--noise X [0.3]  the probability of masking or of salt and pepper, or the deviation of gaussian
--contraction W [0.03] {[0, ∞)}  contractive: weight of the squared Frobenius norm of ∂h/∂x
--curvature W [0] {[0, ∞)}  contractive: weight of the change of ∂h/∂x under noise of standard
    deviation --deviation (0.1)
--decoder NAME [bernoulli]  variational: bernoulli (pixels in [0, 1]) or gaussian
--deviation S {(0, 1e6]}  variational: of a gaussian decoder (0.2); contractive: of the noise of
    --curvature (0.1)
--warm-up N [0]  variational: epochs over which the weight of the KL term rises to --beta
--filters F-…-F [32-8]  convolutional: channels of each stage; each halves the image's sides
--kernel N [3] {[1, 99]}  convolutional: windows of N×N pixels, N odd
--down HOW [stride]  convolutional: stride (every second place) or pool (the largest of 2×2)
--up HOW [transpose]  convolutional: transpose (windows painted two pixels apart) or upsample (each
    pixel a square, and a convolution)
--image HxW  convolutional: how the features are arranged, if the data does not say (CxHxW:
    channels)
--units N [64] {[1, ∞)}  lstm: of the encoder's and of the decoder's LSTM
--steps T {[1, ∞)}  lstm: the equal steps that an example is cut into (default: an image's rows,
    otherwise one per feature)
--variable-lengths  lstm: zeros at an example's end are not part of the sequence
--teacher-forcing  lstm: in training, the decoder is given the true previous step
--reversed  lstm: the decoder begins with the last step
)";
inline constexpr const char* training_options = R"(
--epochs N  passes over the training rows (default by kind); with fewer rows than the digits more,
    with many rows fewer
--batch N [32] {[1, ∞)}  examples per step (lbfgs: all)
--rate R {(0, 1e6]}  learning rate (default by kind); another optimiser has its own
--optimizer NAME  sgd momentum nesterov adagrad rmsprop adam adamw lbfgs (default by kind)
--weight-decay L {[0, 1e6]}  adamw: decoupled decay, which takes R·L of every weight off it at each
    step (0.01); --decay adds a term to the objective instead
--schedule NAME  of the learning rate: constant step cosine one_cycle (default by kind)
--clip NORM {(0, 1e30]}  clip the gradient to this norm
--patience N {[1, ∞)}  stop after N epochs without a better loss on a tenth of the training rows,
    which is then held out, chosen as --split chooses, and restore the best
)";
const std::vector<OptionSpec>& model_specs();
/// Of models and of training: what make_model and fit_options read.
const std::vector<OptionSpec>& kind_specs();

/// A fresh model of that kind for such data. Throws UsageError for options that do not fit it.
std::unique_ptr<Autoencoder> make_model(const Kind& kind, const DataShape& data,
                                        const Options& options, Rng& rng);

/// --corruption and --noise.
Corruption corruption_of(const Options& options);

/// The training options, with the kind's defaults for a training set of `examples`.
FitOptions fit_options(const Kind& kind, std::size_t examples, const Options& options);

// ---- what `strata train KIND --help` says (kind_help.cpp): the options that the kind takes, with
// its real defaults. They are read off a model of the kind, so that they cannot drift.
/// Of model_specs those that the kind takes, then training_specs and machine_specs; in brackets the
/// values that it has on the digits. For --help alone: a command reads the specs themselves.
std::vector<OptionSpec> specs_with_defaults(const Kind& kind);

/// Each kind and its point, below "KIND", for the list of arguments.
std::vector<std::pair<std::string, std::string>> list_of_kinds();

}  // namespace strata::cli
