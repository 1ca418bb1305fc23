#pragma once
// The layers of the ziggurat method for normal draws (Marsaglia and Tsang 2000).
//
// Half of the normal density, f(x) = e^(−x²/2) for x ≥ 0, is covered by 256 layers that all have
// the same area v:
//
//     1 ┤█▌                  layers 1 to 255 are rectangles: layer i reaches from 0 to x[i]
//       ┤███▖                and from y[i] = f(x[i]) up to y[i+1];
//       ┤█████▖              layer 0 lies below them: the rectangle from 0 to r, and the tail;
//       ┤███████▄▖           left of x[i+1] layer i lies under f; only its right end, the wedge
//       └─────────┴──── x    between x[i+1] and x[i], sticks out in part.
//                 r
//
// So a layer is chosen, then an x in it. In 98.5 % of cases x lies left of x[i+1] and is the draw.
//
// The compiler computes the table, including its logarithms and square roots, with nothing but + −
// × ÷, each rounded as IEEE 754 prescribes. So it is the same on every machine, whatever the
// machine's mathematical library does.

#include <array>
#include <cstddef>

namespace strata {

struct Ziggurat {
  static constexpr std::size_t layers = 256;
  /// The start of the tail, r, and the area of a layer, v = r f(r) + ∫ f from r to ∞: the only pair
  /// for which the 256th layer ends at the top, y[256] = 1. It was solved for with 40 digits;
  /// Marsaglia and Tsang print r as 3.6541528853610088.
  static constexpr double tail_start = 3.654152885361009;
  static constexpr double layer_area = 0.004928673233974655;
  static constexpr double height_at_tail = 0.0012602859304985976;  // f(r)

  std::array<double, layers + 1> x{};  // right ends, falling to 0; x[0] = v / f(r)
  std::array<double, layers + 1> y{};  // heights, rising to 1: y[i] is the bottom of layer i
};

namespace ziggurat_table {

/// √a by Heron's method, from above: s ← (s + a/s) / 2 until it stops falling.
constexpr double square_root(double a) {
  double s = a < 1 ? 1 : a;
  for (double next = (s + a / s) / 2; next < s; next = (s + a / s) / 2) s = next;
  return s;
}

/// ln a for 0 < a ≤ 1. With a = m / 2ⁿ and z = (m − 1) / (m + 1):
///   ln m = 2 (z + z³/3 + z⁵/5 + …), |z| < 0.18.
constexpr double logarithm(double a) {
  constexpr double ln2 = 0.6931471805599453;
  int n = 0;
  for (; a < 0.7071067811865476; a *= 2) ++n;
  const double z = (a - 1) / (a + 1);
  double sum = 0;
  for (int k = 23; k >= 1; k -= 2) sum = sum * z * z + 1.0 / k;
  return 2 * z * sum - n * ln2;
}

/// From the tail upwards: a layer of area v and width x[i] has height v / x[i], which gives its top
/// y[i+1], where e^(−x²/2) = y gives x[i+1].
constexpr Ziggurat make() {
  Ziggurat table;
  table.x[0] = Ziggurat::layer_area / Ziggurat::height_at_tail;
  table.x[1] = Ziggurat::tail_start;
  table.y[1] = Ziggurat::height_at_tail;
  for (std::size_t i = 1; i + 1 < Ziggurat::layers; ++i) {
    table.y[i + 1] = table.y[i] + Ziggurat::layer_area / table.x[i];
    table.x[i + 1] = square_root(-2 * logarithm(table.y[i + 1]));
  }
  table.y[Ziggurat::layers] = 1;  // and x = 0: the top
  return table;
}

}  // namespace ziggurat_table

inline constexpr Ziggurat ziggurat = ziggurat_table::make();

}  // namespace strata
