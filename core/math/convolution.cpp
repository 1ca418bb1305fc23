#include "core/math/convolution.hpp"

#include <algorithm>
#include <vector>

#include "core/math/matmul_packed.hpp"

namespace strata {

Window window_of(const char* name, const Shape& I, const Shape& K, std::size_t stride,
                 std::size_t padding) {
  check(I.rank == 4 && K.rank == 4, name, ": X is ", I, " and W is ", K,
        " (both need four dimensions: images N×C×H×W)");
  check(I[1] == K[1], name, ": X is ", I, " but W is ", K,
        " (the second length of both, the channels, must be equal)");
  check(stride > 0, name, ": the stride is 0");
  const Window window{I[1], I[2], I[3], K[2], K[3], stride, padding};
  check(window.fits(), name, ": the window of W, which is ", K, ", does not fit into X, which is ",
        I, ", with padding ", padding);
  return window;
}

namespace {

Window checked(const char* name, const Tensor& I, const Tensor& K, const Tensor& R,
               std::size_t stride, std::size_t padding) {
  const Window window = window_of(name, I.shape, K.shape, stride, padding);
  const Shape result{I.shape[0], K.shape[0], window.OH(), window.OW()};
  check(R.shape == result, name, ": images of ", I.shape, " and kernels of ", K.shape, " make ",
        result, ", not ", R.shape);
  return window;
}

// The definition: visit(r, k, i), positions in the tensors, for every product R[r] · K[k] · I[i].
template <class Visit>
void each_product(const Window& w, std::size_t N, std::size_t O, const Visit& visit) {
  const std::size_t OH = w.OH(), OW = w.OW();
  for (std::size_t n = 0; n < N; ++n) {
    for (std::size_t o = 0; o < O; ++o) {
      for (std::size_t oy = 0; oy < OH; ++oy) {
        for (std::size_t ox = 0; ox < OW; ++ox) {
          const std::size_t r = ((n * O + o) * OH + oy) * OW + ox;
          for (std::size_t c = 0; c < w.C; ++c) {
            for (std::size_t ky = 0; ky < w.kh; ++ky) {
              for (std::size_t kx = 0; kx < w.kw; ++kx) {
                const std::size_t k = ((o * w.C + c) * w.kh + ky) * w.kw + kx;
                // On the padded image
                const std::size_t y = oy * w.stride + ky, x = ox * w.stride + kx;
                if (y < w.padding || y >= w.padding + w.H || x < w.padding || x >= w.padding + w.W)
                  continue;
                visit(r, k, ((n * w.C + c) * w.H + y - w.padding) * w.W + x - w.padding);
              }
            }
          }
        }
      }
    }
  }
}

}  // namespace

namespace reference {

void convolve(const Tensor& I, const Tensor& K, std::size_t stride, std::size_t padding,
              Tensor& R) {
  const Window window = checked("convolve", I, K, R, stride, padding);
  each_product(window, I.shape[0], K.shape[0],
               [&](std::size_t r, std::size_t k, std::size_t i) { R[r] += K[k] * I[i]; });
}

void convolve_transposed(const Tensor& R, const Tensor& K, std::size_t stride, std::size_t padding,
                         Tensor& I) {
  const Window window = checked("convolve_transposed", I, K, R, stride, padding);
  each_product(window, I.shape[0], K.shape[0],
               [&](std::size_t r, std::size_t k, std::size_t i) { I[i] += K[k] * R[r]; });
}

void kernel_gradient(const Tensor& I, const Tensor& R, std::size_t stride, std::size_t padding,
                     Tensor& K) {
  const Window window = checked("kernel_gradient", I, K, R, stride, padding);
  each_product(window, I.shape[0], K.shape[0],
               [&](std::size_t r, std::size_t k, std::size_t i) { K[k] += R[r] * I[i]; });
}

}  // namespace reference

#ifdef STRATA_DEBUG

void convolve(const Tensor& I, const Tensor& K, std::size_t stride, std::size_t padding, Tensor& R,
              Workers*) {
  reference::convolve(I, K, stride, padding, R);
}
void convolve_transposed(const Tensor& R, const Tensor& K, std::size_t stride, std::size_t padding,
                         Tensor& I, Workers*) {
  reference::convolve_transposed(R, K, stride, padding, I);
}
void kernel_gradient(const Tensor& I, const Tensor& R, std::size_t stride, std::size_t padding,
                     Tensor& K, Tensor&, Workers*) {
  reference::kernel_gradient(I, R, stride, padding, K);
}

#else

namespace {

// What a thread needs for one example. It is kept from one call to the next, so that training
// allocates nothing and the memory stays in the cache.
struct Memory {
  Real *padded, *patches, *results;  // results: O × columns, with gaps
};
Memory memory_of_thread(const Window& window, std::size_t O) {
  thread_local std::vector<Real> numbers;
  const std::size_t patches = window.patch_size() * window.columns();
  const std::size_t size = window.padded_size() + patches + O * window.columns();
  if (numbers.size() < size) numbers.resize(size);
  Real* const padded = numbers.data() + O * window.columns();
  return {padded, padded + window.padded_size(), numbers.data()};
}

// Some examples for each thread, if there is enough to do. Each example is computed by one thread.
template <class Body>
void for_examples(Workers* workers, const Window& w, std::size_t N, std::size_t O,
                  const Body& body) {
  const bool small = N * O * w.patch_size() * w.columns() < 500'000;  // as for a matrix product
  for_ranges(small ? nullptr : workers, N, 1, body);
}

}  // namespace

void convolve(const Tensor& I, const Tensor& K, std::size_t stride, std::size_t padding, Tensor& R,
              Workers* workers) {
  const Window w = checked("convolve", I, K, R, stride, padding);
  const std::size_t O = K.shape[0], patch = w.patch_size(), columns = w.columns();
  for_examples(workers, w, I.shape[0], O, [&](std::size_t begin, std::size_t end) {
    const auto [padded, P, results] = memory_of_thread(w, O);
    for (std::size_t n = begin; n < end; ++n) {
      copy_patches(w, I.row(n), padded, P);
      // results (O × columns) = K (O × patch) P (patch × columns)
      Product product{.n = O, .k = patch, .p = columns};
      product.A = K.values.data(), product.a_row = patch, product.a_col = 1;
      product.B = P, product.b_row = columns, product.b_col = 1;
      product.C = results, product.c_row = columns;
      multiply_packed(product);
      add_without_gaps(w, O, results, R.row(n));
    }
  });
}

void convolve_transposed(const Tensor& R, const Tensor& K, std::size_t stride, std::size_t padding,
                         Tensor& I, Workers* workers) {
  const Window w = checked("convolve_transposed", I, K, R, stride, padding);
  const std::size_t O = K.shape[0], patch = w.patch_size(), columns = w.columns();
  for_examples(workers, w, I.shape[0], O, [&](std::size_t begin, std::size_t end) {
    const auto [padded, P, results] = memory_of_thread(w, O);
    for (std::size_t n = begin; n < end; ++n) {
      insert_gaps(w, O, R.row(n), results);
      // P (patch × columns) = Kᵀ (patch × O) results (O × columns)
      Product product{.n = patch, .k = O, .p = columns};
      product.A = K.values.data(), product.a_row = 1, product.a_col = patch;
      product.B = results, product.b_row = columns, product.b_col = 1;
      product.C = P, product.c_row = columns;
      multiply_packed(product);
      add_patches(w, P, padded, I.row(n));
    }
  });
}

void kernel_gradient(const Tensor& I, const Tensor& R, std::size_t stride, std::size_t padding,
                     Tensor& K, Tensor& parts, Workers* workers) {
  const Window w = checked("kernel_gradient", I, K, R, stride, padding);
  const std::size_t N = I.shape[0], O = K.shape[0], patch = w.patch_size(), columns = w.columns();
  // The examples are summed in parts, and the parts in order. How many parts there are depends on N
  // alone and not on the number of threads, so the bits do not depend on it either.
  const std::size_t count = std::min<std::size_t>(N, 16);
  if (parts.shape != Shape{count, K.size()}) parts = Tensor({count, K.size()});
  for_examples(workers, w, count, O * ((N + 15) / 16), [&](std::size_t begin, std::size_t end) {
    const auto [padded, P, results] = memory_of_thread(w, O);
    for (std::size_t part = begin; part < end; ++part) {
      const std::size_t first = N * part / count, last = N * (part + 1) / count;
      for (std::size_t n = first; n < last; ++n) {
        copy_patches(w, I.row(n), padded, P);
        insert_gaps(w, O, R.row(n), results);  // zeros: the gaps add nothing
        // part (O × patch) = or += results (O × columns) Pᵀ (columns × patch)
        Product product{
            .n = O, .k = columns, .p = patch, .store = n == first ? Store::overwrite : Store::add};
        product.A = results, product.a_row = columns, product.a_col = 1;
        product.B = P, product.b_row = 1, product.b_col = columns;
        product.C = parts.row(part), product.c_row = patch;
        multiply_packed(product);
      }
    }
  });
  for (std::size_t part = 0; part < count; ++part) {
    const Real* const sum = parts.row(part);
    for (std::size_t k = 0; k < K.size(); ++k) K[k] += sum[k];
  }
}

#endif

}  // namespace strata
