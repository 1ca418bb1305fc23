#pragma once
// A window moves over an image, `stride` pixels at a time; what it sees at each place is a patch.
// Written as the columns of a matrix, the patches turn a convolution into a matrix product (im2col;
// Chellapilla, Puri and Simard 2006):
//
//   image (C×H×W)  →  patches (C·kh·kw × places)         row (c, ky, kx), column of place (oy, ox):
//   image[c, oy·stride + ky − padding, ox·stride + kx − padding], and 0 outside the image
//
// Letters: N examples; C channels of H×W pixels; a window of kh×kw; OH×OW places.
//
// Written number by number, the patches would cost more time than the product. So the image is
// first copied into a frame of zeros, the `padded` image, whose rows follow one another without a
// gap. Then one place to the right, or one row down, is the same number of pixels further on for
// every entry of the window. A row of the patches is therefore one contiguous piece of the padded
// image; only the start differs from row to row. The price is that between the places of one row
// and those of the next, a piece also runs over the frame: `gap` columns that belong to no place.
// With a stride of s, the padded image is stored as s×s images, one for each remainder of row and
// column modulo s, so that pixels that are s apart lie side by side.

#include <cstddef>

#include "core/tensor.hpp"

namespace strata {

/// A window and the images it moves over. `padding` rows and columns of zeros surround each.
struct Window {
  std::size_t C = 1, H = 1, W = 1;  // of one image
  std::size_t kh = 1, kw = 1;
  std::size_t stride = 1, padding = 0;

  std::size_t OH() const { return (H + 2 * padding - kh) / stride + 1; }
  std::size_t OW() const { return (W + 2 * padding - kw) / stride + 1; }
  std::size_t patch_size() const { return C * kh * kw; }
  /// Whether there is any place for it: it must not be larger than the padded image.
  bool fits() const { return stride > 0 && kh <= H + 2 * padding && kw <= W + 2 * padding; }

  std::size_t gap() const { return (kw - 1) / stride; }
  /// The columns of the patches: the places, and the gaps between their rows.
  std::size_t columns() const { return OH() * (OW() + gap()) - gap(); }
  /// One of the stride² parts of a padded channel.
  std::size_t part_size() const { return (OH() + (kh - 1) / stride) * (OW() + gap()); }
  std::size_t padded_size() const { return C * stride * stride * part_size(); }
};

/// patches (patch_size × columns) ← the patches of an image. `padded` has room for padded_size
/// numbers.
void copy_patches(const Window& window, const Real* image, Real* padded, Real* patches);
/// The transpose of copy_patches: every entry of `patches` is added to the pixel of which it is a
/// copy. A pixel seen by several windows gets the sum. The gaps must hold 0.
void add_patches(const Window& window, const Real* patches, Real* padded, Real* image);

/// Results of `channels` channels (OH·OW numbers each) ↔ columns of a product with the patches
/// (columns numbers each). with_gaps ← results, and 0 in the gaps.
void insert_gaps(const Window& window, std::size_t channels, const Real* results, Real* with_gaps);
/// results += with_gaps, gaps left out.
void add_without_gaps(const Window& window, std::size_t channels, const Real* with_gaps,
                      Real* results);

}  // namespace strata
