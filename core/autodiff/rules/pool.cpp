// Pooling makes images smaller, upsampling makes them larger: windows without weights. X is (N, C,
// H, W) throughout, and every channel of every example is treated by itself: here it is called a
// plane.

#include <algorithm>

#include "core/autodiff/rules/entries.hpp"

namespace strata {
namespace {

// body(plane) for all N·C planes, cut among the threads.
template <class Body>
void for_planes(Tape& tape, const Tensor& X, const Body& body) {
  for_each_of(tape, X.shape[0] * X.shape[1], X.shape[2] * X.shape[3], body);
}

// Of windows over a plane of `width` columns: visit(place, its first pixel), both counted within
// their planes.
template <class Visit>
void each_window(const Node& node, std::size_t width, const Visit& visit) {
  const std::size_t OH = node.value.shape[2], OW = node.value.shape[3],
                    stride = node.settings.stride;
  for (std::size_t oy = 0; oy < OH; ++oy) {
    for (std::size_t ox = 0; ox < OW; ++ox) visit(oy * OW + ox, (oy * width + ox) * stride);
  }
}

Var record_pool(const Op& op, Var X, std::size_t size, std::size_t stride, Site site) {
  const Shape& x = X.shape();
  if (stride == 0) stride = size;
  check(x.rank == 4 && size > 0 && size <= x[2] && size <= x[3], op.name, ": windows of ", size,
        "×", size, " on X, which is ", x,
        " (X needs four dimensions, N×C×H×W, of which H and W are at least the window's)");
  const std::size_t OH = (x[2] - size) / stride + 1, OW = (x[3] - size) / stride + 1;
  return X.tape->record(op, {X}, {x[0], x[1], OH, OW}, {.size = size, .stride = stride}, site);
}

}  // namespace

// -------------------------------------------------------------------------------------- max_pool2d
// Y[n,c,oy,ox] = the largest X[n, c, oy·stride + ky, ox·stride + kx] of the window, 0 ≤ ky, kx <
// size: the first of equal ones;
// NaN where there is one
//   settings: size, stride        saved: where it stands in its plane
// dX where that is += dY

// One plane: y (OH·OW) ← the largest of each window on x, found ← where it is. A size that the
// compiler knows, with windows side by side, makes it take many windows at once by vectors; 0
// stands for any size and stride.
template <std::size_t known_size>
static void largest_of_windows(const Node& node, const Real* x, std::size_t width, Real* y,
                               Real* found) {
  const std::size_t OH = node.value.shape[2], OW = node.value.shape[3];
  const std::size_t size = known_size > 0 ? known_size : node.settings.size;
  const std::size_t stride = known_size > 0 ? known_size : node.settings.stride;
  for (std::size_t oy = 0; oy < OH; ++oy, y += OW, found += OW) {
    for (std::size_t ox = 0; ox < OW; ++ox) {
      const std::size_t first = (oy * width + ox) * stride;
      Real largest = x[first];
      int at = int(first);
      for (std::size_t ky = 0; ky < size; ++ky) {
        for (std::size_t kx = 0; kx < size; ++kx) {
          const std::size_t pixel = first + ky * width + kx;
          const Real candidate = x[pixel];
          // | and not ||: which pixel is largest cannot be foreseen, and a jump would be guessed
          // wrong half of the time
          const bool is_larger = (candidate > largest) | (candidate != candidate);
          largest = is_larger ? candidate : largest;
          at = is_larger ? int(pixel) : at;
        }
      }
      y[ox] = largest;
      found[ox] = Real(at);
    }
  }
}

static void max_pool2d_forward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  Tensor& Y = node.value;
  if (node.saved.empty()) node.saved.emplace_back(Y.shape);
  Tensor& where = node.saved[0];
  const std::size_t width = X.shape[3], pixels = X.shape[2] * width,
                    places = Y.shape[2] * Y.shape[3];
  const bool usual = node.settings.size == 2 && node.settings.stride == 2;
  const auto rule = usual ? largest_of_windows<2> : largest_of_windows<0>;
  for_planes(tape, X, [&, rule, width, pixels, places](std::size_t plane) {
    rule(node, X.values.data() + plane * pixels, width, Y.values.data() + plane * places,
         where.values.data() + plane * places);
  });
}

static void max_pool2d_backward(Tape& tape, Node& node) {
  const Tensor& dY = node.grad;
  const Tensor& where = node.saved[0];
  Tensor& dX = tape.input_grad(node, 0);
  const std::size_t pixels = dX.shape[2] * dX.shape[3], places = dY.shape[2] * dY.shape[3];
  for_planes(tape, dX, [&, pixels, places](std::size_t plane) {
    Real* const dx = dX.values.data() + plane * pixels;
    for (std::size_t i = plane * places; i < (plane + 1) * places; ++i)
      dx[std::size_t(where[i])] += dY[i];
  });
}

// A kink: the gradient jumps where another pixel becomes the largest (FNV-1a over all the places).
static std::uint64_t places_of_largest(Tape&, const Node& node) {
  std::uint64_t mixed = 1469598103934665603u;
  for (Real place : node.saved[0].values) mixed = (mixed ^ std::uint64_t(place)) * 1099511628211u;
  return mixed;
}

Var max_pool2d(Var X, std::size_t size, std::size_t stride, Site site) {
  // Places are kept as Reals: a float counts so far
  const std::size_t largest_place = std::size_t(1) << 24;
  check(X.shape()[2] * X.shape()[3] <= largest_place, "max_pool2d: X is ", X.shape(),
        ", but a plane may have at most ", largest_place, " pixels");
  return record_pool(max_pool2d_op, X, size, stride, site);
}

const Op max_pool2d_op = {.name = "max_pool2d",
                          .formula = "Y = “the largest X of each window”",
                          .gradients = {"dX += dY where “X is that one”"},
                          .saved = {"place of the largest"},
                          .forward = max_pool2d_forward,
                          .backward = max_pool2d_backward,
                          .branch = places_of_largest};

// -------------------------------------------------------------------------------------- avg_pool2d
// Y[n,c,oy,ox] = (1/size²) Σ_ky Σ_kx X[n, c, oy·stride + ky, ox·stride + kx]
//   settings: size, stride
// dX of each pixel of the window += dY / size²

static void avg_pool2d_forward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  Tensor& Y = node.value;
  const std::size_t width = X.shape[3], pixels = X.shape[2] * width,
                    places = Y.shape[2] * Y.shape[3];
  const std::size_t size = node.settings.size;
  const Real share = 1 / Real(size * size);
  for_planes(tape, X, [&, width, pixels, places, size, share](std::size_t plane) {
    const Real* const x = X.values.data() + plane * pixels;
    Real* const y = Y.values.data() + plane * places;
    each_window(node, width, [=](std::size_t place, std::size_t first) {
      Real sum = 0;
      for (std::size_t ky = 0; ky < size; ++ky) {
        for (std::size_t kx = 0; kx < size; ++kx) sum += x[first + ky * width + kx];
      }
      y[place] = sum * share;
    });
  });
}

static void avg_pool2d_backward(Tape& tape, Node& node) {
  const Tensor& dY = node.grad;
  Tensor& dX = tape.input_grad(node, 0);
  const std::size_t width = dX.shape[3], pixels = dX.shape[2] * width,
                    places = dY.shape[2] * dY.shape[3];
  const std::size_t size = node.settings.size;
  const Real share = 1 / Real(size * size);
  for_planes(tape, dX, [&, width, pixels, places, size, share](std::size_t plane) {
    Real* const dx = dX.values.data() + plane * pixels;
    const Real* const dy = dY.values.data() + plane * places;
    each_window(node, width, [=](std::size_t place, std::size_t first) {
      for (std::size_t ky = 0; ky < size; ++ky) {
        for (std::size_t kx = 0; kx < size; ++kx) dx[first + ky * width + kx] += dy[place] * share;
      }
    });
  });
}

Var avg_pool2d(Var X, std::size_t size, std::size_t stride, Site site) {
  return record_pool(avg_pool2d_op, X, size, stride, site);
}

const Op avg_pool2d_op = {.name = "avg_pool2d",
                          .formula = "Y = “the mean X of each window”",
                          .gradients = {"dX += dY/size² “for each of its pixels”"},
                          .forward = avg_pool2d_forward,
                          .backward = avg_pool2d_backward};

// ------------------------------------------------------------------------------ upsample_nearest2d
// Y[n, c, y, x] = X[n, c, ⌊y/factor⌋, ⌊x/factor⌋]      X (N,C,H,W), Y (N,C,OH,OW)
//   (H−1)·factor < OH ≤ H·factor, OW alike             settings: size = factor
// dX[n, c, y, x] += Σ of dY over its copies, factor×factor but where they were cut off

static void upsample_nearest2d_forward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  Tensor& Y = node.value;
  const std::size_t H = X.shape[2], W = X.shape[3], OH = Y.shape[2], OW = Y.shape[3];
  const std::size_t factor = node.settings.size;
  for_planes(tape, X, [&, H, W, OH, OW, factor](std::size_t plane) {
    const Real* x = X.values.data() + plane * H * W;
    Real* y = Y.values.data() + plane * OH * OW;
    for (std::size_t row = 0; row < H; ++row, x += W) {
      Real* const first_copy = y;
      for (std::size_t column = 0; column + 1 < W; ++column) y = std::fill_n(y, factor, x[column]);
      y = std::fill_n(y, OW - (W - 1) * factor, x[W - 1]);
      const std::size_t copies = std::min(factor, OH - row * factor);
      for (std::size_t copy = 1; copy < copies; ++copy) y = std::copy_n(first_copy, OW, y);
    }
  });
}

static void upsample_nearest2d_backward(Tape& tape, Node& node) {
  const Tensor& dY = node.grad;
  Tensor& dX = tape.input_grad(node, 0);
  const std::size_t H = dX.shape[2], W = dX.shape[3], OH = dY.shape[2], OW = dY.shape[3];
  const std::size_t factor = node.settings.size;
  for_planes(tape, dX, [&, H, W, OH, OW, factor](std::size_t plane) {
    Real* const dx = dX.values.data() + plane * H * W;
    const Real* dy = dY.values.data() + plane * OH * OW;
    for (std::size_t y = 0; y < OH; ++y, dy += OW) {
      Real* const dx_row = dx + y / factor * W;
      for (std::size_t x = 0; x < W; ++x) {
        const std::size_t end = std::min((x + 1) * factor, OW);
        for (std::size_t copy = x * factor; copy < end; ++copy) dx_row[x] += dy[copy];
      }
    }
  });
}

Var upsample_nearest2d(Var X, std::size_t factor, std::size_t height, std::size_t width,
                       Site site) {
  const char* const name = "upsample_nearest2d";
  const Shape& x = X.shape();
  check(x.rank == 4 && factor > 0, name, ": by ", factor, " of X, which is ", x,
        " (X needs four dimensions, N×C×H×W, and the factor is at least 1)");
  const std::size_t OH = height > 0 ? height : x[2] * factor,
                    OW = width > 0 ? width : x[3] * factor;
  const auto reaches = [factor](std::size_t side, std::size_t wanted) {
    return (side - 1) * factor < wanted && wanted <= side * factor;
  };
  check(reaches(x[2], OH) && reaches(x[3], OW), name, ": by ", factor, " of X, which is ", x,
        ", does not make ", OH, "×", OW, " (at most ", x[2] * factor, "×", x[3] * factor,
        ", and less than ", factor, " pixels may be cut off)");
  return X.tape->record(upsample_nearest2d_op, {X}, {x[0], x[1], OH, OW}, {.size = factor}, site);
}

const Op upsample_nearest2d_op = {.name = "upsample_nearest2d",
                                  .formula = "Y = “each X repeated in a square”",
                                  .gradients = {"dX += Σ_copies dY"},
                                  .forward = upsample_nearest2d_forward,
                                  .backward = upsample_nearest2d_backward};

}  // namespace strata
