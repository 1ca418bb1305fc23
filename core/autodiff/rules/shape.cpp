// Operations that only move numbers: what forward copies from a place, backward adds back to it.

#include <algorithm>

#include "core/autodiff/rules/entries.hpp"

namespace strata {

// --------------------------------------------------------------------------------------- transpose
// C = Aᵀ                      A (n×k), C (k×n)
// dA += dCᵀ

static void transpose_forward(Tape& tape, Node& node) {
  const Tensor& A = tape.input_value(node, 0);
  Tensor& C = node.value;
  for (std::size_t i = 0; i < A.rows(); ++i) {
    for (std::size_t j = 0; j < A.cols(); ++j) C(j, i) = A(i, j);
  }
}

static void transpose_backward(Tape& tape, Node& node) {
  const Tensor& dC = node.grad;
  Tensor& dA = tape.input_grad(node, 0);
  for (std::size_t i = 0; i < dA.rows(); ++i) {
    for (std::size_t j = 0; j < dA.cols(); ++j) dA(i, j) += dC(j, i);
  }
}

Var transpose(Var A, Site site) {
  check(A.shape().rank == 2, "transpose: the tensor is ", A.shape(), ", not a matrix");
  return A.tape->record(transpose_op, {A}, {A.shape()[1], A.shape()[0]}, {}, site);
}

const Op transpose_op = {.name = "transpose",
                         .formula = "C = Aᵀ",
                         .gradients = {"dA += dCᵀ"},
                         .forward = transpose_forward,
                         .backward = transpose_backward};

// ------------------------------------------------------------------------------------- concat_cols
// C = [A₁ A₂ …]               A_k (m×d_k), C (m×Σ d_k)
// dA_k += the columns of dC where A_k stands

static void concat_cols_forward(Tape& tape, Node& node) {
  Tensor& C = node.value;
  std::size_t first = 0;
  for (std::size_t k = 0; k < node.inputs.size(); ++k) {
    const Tensor& A = tape.input_value(node, k);
    for (std::size_t i = 0; i < A.rows(); ++i) std::copy_n(A.row(i), A.cols(), C.row(i) + first);
    first += A.cols();
  }
}

static void concat_cols_backward(Tape& tape, Node& node) {
  const Tensor& dC = node.grad;
  std::size_t first = 0;
  for (std::size_t k = 0; k < node.inputs.size(); ++k) {
    const std::size_t width = tape.input_value(node, k).cols();
    if (tape.input_wants_grad(node, k)) {
      Tensor& dA = tape.input_grad(node, k);
      for (std::size_t i = 0; i < dC.rows(); ++i) {
        for (std::size_t j = 0; j < width; ++j) dA(i, j) += dC(i, first + j);
      }
    }
    first += width;
  }
}

Var concat_cols(const std::vector<Var>& parts, Site site) {
  check(!parts.empty(), "concat_cols: no parts");
  std::size_t cols = 0;
  for (const Var& part : parts) {
    check(part.shape().rank == 2 && part.shape()[0] == parts[0].shape()[0],
          "concat_cols: a part of ", part.shape(), " beside one of ", parts[0].shape(),
          " (all need the same number of rows)");
    cols += part.shape()[1];
  }
  return parts[0].tape->record(concat_cols_op, parts, {parts[0].shape()[0], cols}, {}, site);
}

const Op concat_cols_op = {.name = "concat_cols",
                           .formula = "C = [A₁ A₂ …]",
                           .gradients = {"dA_k += “the columns of dC where A_k stands”"},
                           .forward = concat_cols_forward,
                           .backward = concat_cols_backward};

// -------------------------------------------------------------------------------------- slice_cols
// C = A[:, begin:end]         A (m×d), C (m×(end − begin))        settings: begin, end
// dA[:, begin:end] += dC

static void slice_cols_forward(Tape& tape, Node& node) {
  const Tensor& A = tape.input_value(node, 0);
  Tensor& C = node.value;
  const std::size_t begin = node.settings.begin;
  for (std::size_t i = 0; i < C.rows(); ++i) std::copy_n(A.row(i) + begin, C.cols(), C.row(i));
}

static void slice_cols_backward(Tape& tape, Node& node) {
  const Tensor& dC = node.grad;
  Tensor& dA = tape.input_grad(node, 0);
  const std::size_t begin = node.settings.begin;
  for (std::size_t i = 0; i < dC.rows(); ++i) {
    for (std::size_t j = 0; j < dC.cols(); ++j) dA(i, begin + j) += dC(i, j);
  }
}

Var slice_cols(Var X, std::size_t begin, std::size_t end, Site site) {
  check(X.shape().rank == 2 && begin < end && end <= X.shape()[1], "slice_cols: columns ", begin,
        ":", end, " of ", X.shape());
  return X.tape->record(slice_cols_op, {X}, {X.shape()[0], end - begin},
                        {.begin = begin, .end = end}, site);
}

const Op slice_cols_op = {.name = "slice_cols",
                          .formula = "C = A[:, begin:end]",
                          .gradients = {"dA[:, begin:end] += dC"},
                          .forward = slice_cols_forward,
                          .backward = slice_cols_backward};

// ------------------------------------------------------------------------------------- concat_rows
// C = [A₁; A₂; …]             A_k (m_k×d), C (Σ m_k × d): one below the other
// dA_k += the rows of dC where A_k stands

static void concat_rows_forward(Tape& tape, Node& node) {
  Real* place = node.value.values.data();
  for (std::size_t k = 0; k < node.inputs.size(); ++k) {
    const Tensor& A = tape.input_value(node, k);
    place = std::copy(A.values.begin(), A.values.end(), place);
  }
}

static void concat_rows_backward(Tape& tape, Node& node) {
  const Tensor& dC = node.grad;
  std::size_t first = 0;
  for (std::size_t k = 0; k < node.inputs.size(); ++k) {
    const std::size_t size = tape.input_value(node, k).size();
    if (tape.input_wants_grad(node, k)) {
      Tensor& dA = tape.input_grad(node, k);
      for (std::size_t i = 0; i < size; ++i) dA[i] += dC[first + i];
    }
    first += size;
  }
}

Var concat_rows(const std::vector<Var>& parts, Site site) {
  check(!parts.empty(), "concat_rows: no parts");
  std::size_t rows = 0;
  for (const Var& part : parts) {
    check(part.shape().rank == 2 && part.shape()[1] == parts[0].shape()[1],
          "concat_rows: a part of ", part.shape(), " below one of ", parts[0].shape(),
          " (all need the same number of columns)");
    rows += part.shape()[0];
  }
  return parts[0].tape->record(concat_rows_op, parts, {rows, parts[0].shape()[1]}, {}, site);
}

const Op concat_rows_op = {.name = "concat_rows",
                           .formula = "C = [A₁; A₂; …]",
                           .gradients = {"dA_k += “the rows of dC where A_k stands”"},
                           .forward = concat_rows_forward,
                           .backward = concat_rows_backward};

// -------------------------------------------------------------------------------------- slice_rows
// C = A[begin:end]            A (m×d), C ((end − begin)×d)        settings: begin, end
// dA[begin:end] += dC

static void slice_rows_forward(Tape& tape, Node& node) {
  const Tensor& A = tape.input_value(node, 0);
  Tensor& C = node.value;
  std::copy_n(A.row(node.settings.begin), C.size(), C.values.data());
}

static void slice_rows_backward(Tape& tape, Node& node) {
  const Tensor& dC = node.grad;
  Real* const dA = tape.input_grad(node, 0).row(node.settings.begin);
  for (std::size_t i = 0; i < dC.size(); ++i) dA[i] += dC[i];
}

Var slice_rows(Var X, std::size_t begin, std::size_t end, Site site) {
  check(X.shape().rank >= 2 && begin < end && end <= X.shape()[0], "slice_rows: rows ", begin, ":",
        end, " of ", X.shape());
  Shape shape = X.shape();
  shape.lengths[0] = end - begin;
  return X.tape->record(slice_rows_op, {X}, shape, {.begin = begin, .end = end}, site);
}

const Op slice_rows_op = {.name = "slice_rows",
                          .formula = "C = A[begin:end]",
                          .gradients = {"dA[begin:end] += dC"},
                          .forward = slice_rows_forward,
                          .backward = slice_rows_backward};

// ----------------------------------------------------------------------------------------- reshape
// Y = the numbers of X, in their order, under another shape of the same size
// dX += dY, number by number

static void reshape_forward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  Tensor& Y = node.value;
  for_entries(tape, Y.size(), [&](std::size_t i) { Y[i] = X[i]; });
}

static void reshape_backward(Tape& tape, Node& node) {
  const Tensor& dY = node.grad;
  Tensor& dX = tape.input_grad(node, 0);
  for_entries(tape, dX.size(), [&](std::size_t i) { dX[i] += dY[i]; });
}

Var reshape(Var X, const Shape& shape, Site site) {
  check(shape.size() == X.shape().size(), "reshape: X is ", X.shape(), ", ", X.shape().size(),
        " numbers, which cannot become ", shape, ", ", shape.size(), " numbers");
  return X.tape->record(reshape_op, {X}, shape, {}, site);
}

const Op reshape_op = {.name = "reshape",
                       .formula = "Y = X “under another shape”",
                       .gradients = {"dX += dY"},
                       .forward = reshape_forward,
                       .backward = reshape_backward};

Var flatten(Var X, Site site) {
  return reshape(X, {X.value().rows(), X.value().cols()}, site);
}

}  // namespace strata
