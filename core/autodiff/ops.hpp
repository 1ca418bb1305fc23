#pragma once
// The operations. Each function appends one node to the tape of its arguments. The rules themselves
// are in the files of rules/ that the headings below name, one below the other: formula and shapes,
// forward, backward, the function that records it, its row of the table. Letters: m examples, d
// features, n×k and k×p matrices. dX means ∂L/∂X. Nothing broadcasts unless its name says so. Every
// function throws Error naming both shapes where they do not fit.

#include <vector>

#include "core/autodiff/tape.hpp"

namespace strata {

// ---- rules/linear
Var matmul(Var A, Var B, Site site = Site::here());     // A B
Var matmul_bt(Var A, Var B, Site site = Site::here());  // A Bᵀ
Var matmul_at(Var A, Var B, Site site = Site::here());  // Aᵀ B
// X + 1 b: the vector b (d) is added to each row of X (m×d)
Var add_row(Var X, Var b, Site site = Site::here());
Var affine(Var X, Var W, Var b, Site site = Site::here());  // X W + 1 b

// ---- rules/shape
Var transpose(Var A, Site site = Site::here());  // Aᵀ
// Side by side, the same rows
Var concat_cols(const std::vector<Var>& parts, Site site = Site::here());
// Columns [begin, end)
Var slice_cols(Var X, std::size_t begin, std::size_t end, Site site = Site::here());

Var concat_rows(const std::vector<Var>& parts, Site site = Site::here());  // one below the other
// Rows [begin, end)
Var slice_rows(Var X, std::size_t begin, std::size_t end, Site site = Site::here());
// The same numbers, another shape
Var reshape(Var X, const Shape& shape, Site site = Site::here());
Var flatten(Var X, Site site = Site::here());  // (N, C, H, W) becomes (N × C·H·W)

// ---- rules/elementwise: operands of the same shape
Var add(Var A, Var B, Site site = Site::here());
Var sub(Var A, Var B, Site site = Site::here());
Var mul(Var A, Var B, Site site = Site::here());
Var div(Var A, Var B, Site site = Site::here());
Var scale(Var X, Real factor, Site site = Site::here());         // c X
Var add_scalar(Var X, Real constant, Site site = Site::here());  // X + c
Var exp(Var X, Site site = Site::here());
Var log(Var X, Site site = Site::here());
Var sqrt(Var X, Site site = Site::here());
Var square(Var X, Site site = Site::here());
Var abs(Var X, Site site = Site::here());

// ---- rules/activation
Var sigmoid(Var X, Site site = Site::here());  // 1 / (1 + e^−X)
Var tanh(Var X, Site site = Site::here());     // (e^X − e^−X) / (e^X + e^−X)
Var relu(Var X, Site site = Site::here());     // max(X, 0)
// X where X > 0, else slope X
Var leaky_relu(Var X, Real slope = Real(0.01), Site site = Site::here());
Var elu(Var X, Real alpha = 1, Site site = Site::here());  // X where X > 0, else α (e^X − 1)
Var softplus(Var X, Site site = Site::here());             // log(1 + e^X)
/// A tensor of the given shape whose entries are 1/keep with probability keep and 0 otherwise,
/// drawn anew at every replay: multiplied with activations it is (inverted) dropout (Srivastava et
/// al. 2014). keep in (0, 1].
Var dropout_mask(Tape& tape, const Shape& shape, Real keep, Rng& rng, Site site = Site::here());

// ---- rules/reduce: X is m×d
Var sum(Var X, Site site = Site::here());          // Σ of all entries, shape (1)
Var mean(Var X, Site site = Site::here());         // their mean, shape (1)
Var sum_rows(Var X, Site site = Site::here());     // over examples: one number a column, shape (d)
Var mean_rows(Var X, Site site = Site::here());    // the mean over examples, shape (d)
Var sum_cols(Var X, Site site = Site::here());     // over features: one number a row, shape (m)
Var softmax(Var X, Site site = Site::here());      // of each row
Var log_softmax(Var X, Site site = Site::here());  // of each row

// ---- rules/conv: X (N, C, H, W)
struct ConvOptions {
  std::size_t stride = 1;   // the window moves by so many pixels
  std::size_t padding = 0;  // rows and columns of zeros around each image
};
/// W (O, C, kh, kw), b (O); the result is (N, O, OH, OW) with OH = ⌊(H + 2 padding − kh) / stride⌋
/// + 1. Throws Error for other shapes, a stride of 0, or a window that is larger than the padded
/// image.
Var conv2d(Var X, Var W, Var b, ConvOptions options = {}, Site site = Site::here());
struct ConvTransposeOptions {
  std::size_t stride = 1;
  std::size_t padding = 0;         // so many rows and columns are cut off around each result
  std::size_t output_padding = 0;  // and so many more at its lower and right side; less than stride
  // Of the result, instead of output_padding, where the two sides need different ones.
  std::size_t height = 0, width = 0;
};
/// W (C, O, kh, kw), b (O); the result is (N, O, OH, OW) with OH = (H − 1) stride − 2 padding + kh
/// + output_padding: an image of which conv2d with the same options makes one of X's size. Throws
/// Error for other shapes, a stride of 0, a result without pixels, or an output_padding or a height
/// and width that the stride cannot make.
Var conv2d_transpose(Var X, Var W, Var b, ConvTransposeOptions options = {},
                     Site site = Site::here());

// ---- rules/pool: X (N, C, H, W)
/// Windows of size×size, `stride` apart: `size` unless it is given. What is left over at the lower
/// and right side is not looked at. Both throw Error unless X has four dimensions and a window fits
/// into it.
Var max_pool2d(Var X, std::size_t size, std::size_t stride = 0, Site site = Site::here());
Var avg_pool2d(Var X, std::size_t size, std::size_t stride = 0, Site site = Site::here());
/// Each pixel becomes factor×factor. With a height and a width, what is beyond them at the lower
/// and right side is cut off, less than a factor: so that 7 pixels come back to 7 from 4. Throws
/// Error for a factor of 0, or sides that the factor does not make.
Var upsample_nearest2d(Var X, std::size_t factor, std::size_t height = 0, std::size_t width = 0,
                       Site site = Site::here());

// ---- rules/batch_norm, rules/layer_norm: a feature is a column of a matrix (m×d), or a channel of
// images (N, C, H, W)
/// (X − mean) / √(variance + ε) of each feature over the batch, times gain plus bias, one number of
/// each a feature. Throws Error where a feature has a single value.
Var batch_norm(Var X, Var gain, Var bias, Real epsilon = Real(1e-5), Site site = Site::here());
/// The same with given statistics (2×d: means, variances), which are borrowed: for evaluation.
Var batch_norm_fixed(Var X, Var gain, Var bias, Tensor& statistics, Real epsilon = Real(1e-5),
                     Site site = Site::here());
/// statistics ← (1 − momentum) statistics + momentum · those of the batch that `normed`, a
/// batch_norm, has seen (the variance with n − 1 below the line). Runs at every replay that draws
/// anew, so once a training step and never in a gradient check.
Var running_statistics(Var normed, Tensor& statistics, Real momentum = Real(0.1),
                       Site site = Site::here());
/// (X − mean) / √(variance + ε) of each example over its d features, times gain plus bias (d).
Var layer_norm(Var X, Var gain, Var bias, Real epsilon = Real(1e-5), Site site = Site::here());

// ---- rules/losses: one number, a sum over features and a mean over examples
Var half_mse(Var R, Var X, Site site = Site::here());  // 1/(2m) ΣΣ (r − x)²
// −1/m ΣΣ [x log r + (1 − x) log(1 − r)], r in [0, 1]
Var bce(Var R, Var X, Site site = Site::here());
// The same with r = σ(z), safe for any z
Var bce_with_logits(Var Z, Var X, Site site = Site::here());
/// −1/m Σ log softmax(z)_label. `labels` is an input of shape (m) holding the class numbers.
Var softmax_cross_entropy(Var Z, Var labels, Site site = Site::here());

// ---- rules/penalties: H are activations (m×h)
/// Σ_j KL(ρ ‖ ρ̂_j) with ρ̂_j the mean of column j over the batch; with `symmetric`, for activations
/// in (−1, 1), ρ̂_j = (mean + 1)/2. Throws unless ρ is in (0, 1).
Var kl_sparsity(Var H, Real rho, bool symmetric = false, Site site = Site::here());
Var l1_of_code(Var H, Site site = Site::here());         // (1/m) Σ |h|
Var half_squared_norm(Var W, Site site = Site::here());  // ½ ‖W‖²: weight decay is λ times this
/// Keeps the `count` largest entries of each row and sets the others to zero: the k-sparse
/// autoencoder (Makhzani and Frey 2013). Of equal entries the first are kept.
Var keep_largest(Var H, std::size_t count, Site site = Site::here());
/// The mask that keep_largest multiplies with, of H's shape: 1 for the `count` largest entries of
/// each row, else 0.
void largest_of_each_row(const Tensor& H, std::size_t count, Tensor& kept);

// ---- rules/lstm: sequences of T steps of d features
/// One step of a long short-term memory of u units: the state S = [h c] (m×2u) after the input X
/// (m×d). Gates in the order i, f, g, o: Wx (d×4u), Wh (u×4u), b (4u). M (m×1), if given, is 1, or
/// 0 for examples whose state is to stay. Throws Error for other shapes, and for a mask that wants
/// a gradient.
Var lstm_cell(Var X, Var S, Var Wx, Var Wh, Var b, Var M = {}, Site site = Site::here());
/// Of X (m × T·d), padded with zeros at the end: 1 up to the last step that is not all zeros, else
/// 0, in X's shape.
Var sequence_mask(Var X, std::size_t step_features, Site site = Site::here());

// ---- rules/gaussian
/// From N(0, 1), drawn anew at every replay.
Var normal_noise(Tape& tape, const Shape& shape, Rng& rng, Site site = Site::here());
/// (1/m) Σ KL(N(μ, σ²) ‖ N(0, 1)) = ½ (1/m) Σ (μ² + σ² − 1 − log σ²), given μ and log σ² (m×k).
/// Throws Error unless they are matrices of one shape.
Var gaussian_kl(Var mean, Var log_variance, Site site = Site::here());

// ---- rules/corrupt
/// X corrupted (core/data/corruption.hpp), drawn anew at every replay. Corruption and generator are
/// borrowed. Nothing flows back to X, which is data. Throws Error for a corruption that makes no
/// sense.
Var corrupt(Var X, const Corruption& corruption, Rng& rng, Site site = Site::here());

// ---- rules/jacobian: Jacobians of m examples, one below the other (m·d × h)
Var repeat_rows(Var W, std::size_t count, Site site = Site::here());  // W below W below W …
// Row i of S (m×h) times each row of block i
Var scale_blocks(Var J, Var S, Site site = Site::here());
Var step_slope(Var X, Real slope = 0, Site site = Site::here());  // 1 where X > 0, else the slope
/// (1/m) Σ_examples ‖∂h/∂x‖²_F of one layer of sigmoid units H = σ(X W + 1 b), tanh units with
/// `symmetric`.
Var contraction(Var H, Var W, bool symmetric = false, Site site = Site::here());

/// Every operation, leaves left out.
const std::vector<const Op*>& all_ops();

// The rows of the table, for tests and for whoever needs to recognise one.
extern const Op matmul_op, matmul_bt_op, matmul_at_op, transpose_op, add_row_op, affine_op,
    concat_cols_op, slice_cols_op, concat_rows_op, slice_rows_op, reshape_op;
extern const Op add_op, sub_op, mul_op, div_op, scale_op, add_scalar_op, sigmoid_op, tanh_op,
    relu_op, leaky_relu_op, elu_op, softplus_op, exp_op, log_op, sqrt_op, square_op, abs_op,
    dropout_mask_op;
extern const Op sum_op, mean_op, sum_rows_op, mean_rows_op, sum_cols_op, softmax_op, log_softmax_op;
extern const Op conv2d_op, conv2d_transpose_op, max_pool2d_op, avg_pool2d_op, upsample_nearest2d_op;
extern const Op batch_norm_op, batch_norm_fixed_op, running_statistics_op, layer_norm_op;
extern const Op half_mse_op, bce_op, bce_with_logits_op, softmax_cross_entropy_op;
extern const Op kl_sparsity_op, l1_of_code_op, half_squared_norm_op, keep_largest_op;
extern const Op lstm_cell_op, sequence_mask_op, normal_noise_op, gaussian_kl_op, corrupt_op;
extern const Op repeat_rows_op, scale_blocks_op, step_slope_op, contraction_op;

}  // namespace strata
