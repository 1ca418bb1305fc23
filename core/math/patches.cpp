#include "core/math/patches.hpp"

#include <algorithm>

namespace strata {
namespace {

// The positions [first, last) along one side of a part that fall on the image: 0 ≤ o·stride +
// remainder − padding < length.
struct Range {
  std::size_t first, last;
};
Range on_image(std::size_t positions, std::size_t length, std::size_t remainder, std::size_t stride,
               std::size_t padding) {
  // n/stride, rounded up
  const auto up = [stride](std::size_t n) { return (n + stride - 1) / stride; };
  const std::size_t first = remainder < padding ? up(padding - remainder) : 0;
  const std::size_t last = remainder < length + padding ? up(length + padding - remainder) : 0;
  return {std::min(first, positions), std::min(last, positions)};
}

// For each row of each part of the padded image: visit(where the row begins, its columns on the
// image, the pixel of the first of them). There are no columns if the row lies outside the image.
template <class Visit>
void each_padded_row(const Window& w, const Visit& visit) {
  const std::size_t height = w.OH() + (w.kh - 1) / w.stride, width = w.OW() + w.gap();
  std::size_t row = 0;
  for (std::size_t c = 0; c < w.C; ++c) {
    for (std::size_t py = 0; py < w.stride; ++py) {
      const Range rows = on_image(height, w.H, py, w.stride, w.padding);
      for (std::size_t px = 0; px < w.stride; ++px) {
        const Range columns = on_image(width, w.W, px, w.stride, w.padding);
        for (std::size_t oy = 0; oy < height; ++oy, row += width) {
          const bool beside = oy < rows.first || oy >= rows.last || columns.first >= columns.last;
          const std::size_t y = oy * w.stride + py - w.padding;
          const std::size_t x = columns.first * w.stride + px - w.padding;
          visit(row, beside ? Range{0, 0} : columns, beside ? 0 : (c * w.H + y) * w.W + x);
        }
      }
    }
  }
}

// For each row of the patches: visit(where it begins, where its piece begins in the padded image).
template <class Visit>
void each_piece(const Window& w, const Visit& visit) {
  const std::size_t part = w.part_size(), width = w.OW() + w.gap(), columns = w.columns();
  std::size_t row = 0;
  for (std::size_t c = 0; c < w.C; ++c) {
    for (std::size_t ky = 0; ky < w.kh; ++ky) {
      for (std::size_t kx = 0; kx < w.kw; ++kx, row += columns) {
        const std::size_t which = (c * w.stride + ky % w.stride) * w.stride + kx % w.stride;
        visit(row, which * part + ky / w.stride * width + kx / w.stride);
      }
    }
  }
}

}  // namespace

void copy_patches(const Window& w, const Real* image, Real* padded, Real* patches) {
  const std::size_t stride = w.stride, columns = w.columns();
  std::fill_n(padded, w.padded_size(), Real(0));
  each_padded_row(w, [=](std::size_t row, Range inside, std::size_t pixel) {
    Real* const to = padded + row + inside.first;
    const Real* const from = image + pixel;
    for (std::size_t i = 0; i < inside.last - inside.first; ++i) to[i] = from[i * stride];
  });
  each_piece(w, [=](std::size_t row, std::size_t begin) {
    std::copy_n(padded + begin, columns, patches + row);
  });
}

void add_patches(const Window& w, const Real* patches, Real* padded, Real* image) {
  const std::size_t stride = w.stride, columns = w.columns();
  std::fill_n(padded, w.padded_size(), Real(0));
  each_piece(w, [=](std::size_t row, std::size_t begin) {
    const Real* const from = patches + row;
    Real* const to = padded + begin;
    for (std::size_t i = 0; i < columns; ++i) to[i] += from[i];
  });
  each_padded_row(w, [=](std::size_t row, Range inside, std::size_t pixel) {
    const Real* const from = padded + row + inside.first;
    Real* const to = image + pixel;
    for (std::size_t i = 0; i < inside.last - inside.first; ++i) to[i * stride] += from[i];
  });
}

void insert_gaps(const Window& w, std::size_t channels, const Real* results, Real* with_gaps) {
  const std::size_t OH = w.OH(), OW = w.OW(), gap = w.gap();
  for (std::size_t channel = 0; channel < channels; ++channel) {
    for (std::size_t oy = 0; oy < OH; ++oy, results += OW) {
      with_gaps = std::copy_n(results, OW, with_gaps);
      if (oy + 1 < OH) with_gaps = std::fill_n(with_gaps, gap, Real(0));
    }
  }
}

void add_without_gaps(const Window& w, std::size_t channels, const Real* with_gaps, Real* results) {
  const std::size_t OH = w.OH(), OW = w.OW(), gap = w.gap();
  for (std::size_t channel = 0; channel < channels; ++channel) {
    for (std::size_t oy = 0; oy < OH; ++oy, results += OW) {
      for (std::size_t ox = 0; ox < OW; ++ox) results[ox] += with_gaps[ox];
      with_gaps += oy + 1 < OH ? OW + gap : OW;
    }
  }
}

}  // namespace strata
