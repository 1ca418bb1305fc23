// Convolution and its transpose. The products themselves are in core/convolution: K ⋆ I slides the
// kernels K over the images I, Kᵀ ⋆ R takes the results R back to the images, and R ⋆ I is what
// both mean for the kernels.

#include <algorithm>

#include "core/autodiff/rules/entries.hpp"
#include "core/math/convolution.hpp"
#include "core/sums.hpp"

namespace strata {
namespace {

// Y (N, O, OH, OW) ← b (O), each channel filled with its number. What the products add then needs
// no pass for the bias.
void fill_channels(Tape& tape, const Tensor& b, Tensor& Y) {
  const std::size_t pixels = Y.shape[2] * Y.shape[3];
  for_each_of(tape, Y.shape[0] * Y.shape[1], pixels, [&](std::size_t i) {
    std::fill_n(Y.values.data() + i * pixels, pixels, b[i % b.size()]);
  });
}

// db_o += Σ over examples and pixels of dY's channel o, in their order for any number of threads.
void add_channel_sums(Tape& tape, const Tensor& dY, Tensor& db) {
  const std::size_t N = dY.shape[0], O = dY.shape[1], pixels = dY.shape[2] * dY.shape[3];
  for_each_of(tape, O, N * pixels, [&](std::size_t o) {
    double total = 0;
    for (std::size_t n = 0; n < N; ++n) {
      const Real* const channel = dY.values.data() + (n * O + o) * pixels;
      total += sum_over<double>(pixels, [channel](std::size_t i) { return channel[i]; });
    }
    db[o] += Real(total);
  });
}

// Memory that the gradient of the kernels needs at every pass: it stays with the node.
Tensor& saved_parts(Node& node) {
  if (node.saved.empty()) node.saved.resize(1);
  return node.saved[0];
}

void check_bias(const char* name, Var W, Var b, std::size_t channels) {
  check(b.shape() == Shape({channels}), name, ": W is ", W.shape(), " but b is ", b.shape(),
        " (b needs ", channels, " numbers, one for each channel of the result)");
}

}  // namespace

// ------------------------------------------------------------------------------------------ conv2d
// Y = W ⋆ X + b               X (N,C,H,W), W (O,C,kh,kw), b (O), Y (N,O,OH,OW)
//   settings: stride, padding
// Y[n,o,oy,ox] = b[o] + Σ_c Σ_ky Σ_kx W[o,c,ky,kx] · X[n, c, oy·stride + ky − padding, ox·stride +
// kx − padding]
// dX += Wᵀ ⋆ dY    dW += dY ⋆ X    db += Σ_n Σ_pixels dY

static void conv2d_forward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  const Tensor& W = tape.input_value(node, 1);
  const Tensor& b = tape.input_value(node, 2);
  Tensor& Y = node.value;
  const std::size_t stride = node.settings.stride, padding = node.settings.padding;
  fill_channels(tape, b, Y);
  convolve(X, W, stride, padding, Y, tape.workers);
}

static void conv2d_backward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  const Tensor& W = tape.input_value(node, 1);
  const Tensor& dY = node.grad;
  const std::size_t stride = node.settings.stride, padding = node.settings.padding;
  if (tape.input_wants_grad(node, 0)) {
    Tensor& dX = tape.input_grad(node, 0);
    convolve_transposed(dY, W, stride, padding, dX, tape.workers);
  }
  if (tape.input_wants_grad(node, 1)) {
    Tensor& dW = tape.input_grad(node, 1);
    kernel_gradient(X, dY, stride, padding, dW, saved_parts(node), tape.workers);
  }
  if (tape.input_wants_grad(node, 2)) {
    Tensor& db = tape.input_grad(node, 2);
    add_channel_sums(tape, dY, db);
  }
}

Var conv2d(Var X, Var W, Var b, ConvOptions options, Site site) {
  const Window window = window_of("conv2d", X.shape(), W.shape(), options.stride, options.padding);
  const Shape shape{X.shape()[0], W.shape()[0], window.OH(), window.OW()};
  check_bias("conv2d", W, b, W.shape()[0]);
  return X.tape->record(conv2d_op, {X, W, b}, shape,
                        {.stride = options.stride, .padding = options.padding}, site);
}

const Op conv2d_op = {.name = "conv2d",
                      .formula = "Y = W ⋆ X + b",
                      .gradients = {"dX += Wᵀ ⋆ dY", "dW += dY ⋆ X", "db += Σ_n Σ_pixels dY"},
                      .saved = {"scratch"},
                      .forward = conv2d_forward,
                      .backward = conv2d_backward};

// -------------------------------------------------------------------------------- conv2d_transpose
// Y = Wᵀ ⋆ X + b              X (N,C,H,W), W (C,O,kh,kw), b (O), Y (N,O,OH,OW)
//   settings: stride, padding
// Each X[n,c,y,x] adds X[n,c,y,x] · W[c,o,ky,kx] to Y[n, o, y·stride + ky − padding, x·stride + kx
// − padding]. The roles of conv2d exchanged: here Y is the image that the window lies on, and X has
// one number for each place.
// dX += W ⋆ dY     dW += X ⋆ dY    db += Σ_n Σ_pixels dY

static void conv2d_transpose_forward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  const Tensor& W = tape.input_value(node, 1);
  const Tensor& b = tape.input_value(node, 2);
  Tensor& Y = node.value;
  const std::size_t stride = node.settings.stride, padding = node.settings.padding;
  fill_channels(tape, b, Y);
  convolve_transposed(X, W, stride, padding, Y, tape.workers);
}

static void conv2d_transpose_backward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  const Tensor& W = tape.input_value(node, 1);
  const Tensor& dY = node.grad;
  const std::size_t stride = node.settings.stride, padding = node.settings.padding;
  if (tape.input_wants_grad(node, 0)) {
    Tensor& dX = tape.input_grad(node, 0);
    convolve(dY, W, stride, padding, dX, tape.workers);
  }
  if (tape.input_wants_grad(node, 1)) {
    Tensor& dW = tape.input_grad(node, 1);
    kernel_gradient(dY, X, stride, padding, dW, saved_parts(node), tape.workers);
  }
  if (tape.input_wants_grad(node, 2)) {
    Tensor& db = tape.input_grad(node, 2);
    add_channel_sums(tape, dY, db);
  }
}

Var conv2d_transpose(Var X, Var W, Var b, ConvTransposeOptions options, Site site) {
  const char* const name = "conv2d_transpose";
  const Shape& x = X.shape();
  const Shape& w = W.shape();
  const std::size_t stride = options.stride, padding = options.padding;
  check(x.rank == 4 && w.rank == 4, name, ": X is ", x, " and W is ", w,
        " (both need four dimensions: X N×C×H×W, W C×O×kh×kw)");
  check(x[1] == w[0], name, ": X is ", x, " but W is ", w, " (X's ", x[1],
        " channels must be the first length of W)");
  check(options.output_padding < stride, name, ": output_padding is ", options.output_padding,
        ", but must be less than the stride ", stride);
  // one side of the result: what the windows cover without the padding, and less than a stride more
  const auto side = [&](std::size_t places, std::size_t window, std::size_t wanted) {
    const std::size_t covered = (places - 1) * stride + window;
    check(covered + options.output_padding > 2 * padding, name, ": padding ", padding,
          " cuts off the whole result of X ", x, " and W ", w);
    if (wanted == 0) return covered + options.output_padding - 2 * padding;
    check(wanted + 2 * padding >= covered && wanted + 2 * padding < covered + stride, name, ": X ",
          x, " and W ", w, " with stride ", stride, " and padding ", padding,
          " do not make a side of ", wanted, " (of ", covered - 2 * padding, " to ",
          covered + stride - 1 - 2 * padding, ")");
    return wanted;
  };
  const std::size_t height = side(x[2], w[2], options.height),
                    width = side(x[3], w[3], options.width);
  check_bias(name, W, b, w[1]);
  const Shape shape{x[0], w[1], height, width};
  return X.tape->record(conv2d_transpose_op, {X, W, b}, shape,
                        {.stride = stride, .padding = padding}, site);
}

const Op conv2d_transpose_op = {
    .name = "conv2d_transpose",
    .formula = "Y = Wᵀ ⋆ X + b",
    .gradients = {"dX += W ⋆ dY", "dW += X ⋆ dY", "db += Σ_n Σ_pixels dY"},
    .saved = {"scratch"},
    .forward = conv2d_transpose_forward,
    .backward = conv2d_transpose_backward};

}  // namespace strata
