#pragma once
// NPY, the file format of one NumPy array (numpy.lib.format; versions 1, 2 and 3):
//   byte 0…5    93 'NUMPY'
//   byte 6, 7   the version
//   then        the length of the header, in 2 bytes (version 1) or 4, little-endian
//   then        the header, a Python dictionary:
//               {'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }
//   then        the numbers; the last dimension moves fastest, with fortran_order the first

#include <string>
#include <string_view>

#include "core/data/dataset.hpp"

namespace strata {

/// The array, of rank 0 to 4, in its own shape (rank 0 becomes shape (1)). The type may be a float
/// of 4 or 8 bytes, a signed or unsigned integer of 1, 2, 4 or 8 bytes, or a boolean (0 and 1), in
/// either byte order; all are rounded to Real. Infinite numbers and NaN are kept. Throws Error,
/// with the name of the file, if it is not an NPY file, has another type, has a 0 among the
/// dimensions after the first, has fewer or more bytes than the shape requires, or has a number
/// beyond the range of Real.
Tensor read_npy(const std::string& path);

/// The same as a data set (n×d) without labels, named after the file. In an array of higher rank
/// the first dimension counts the examples: n×height×width are images, n×a×b×c has a·b·c features.
/// The numbers are not scaled. Also throws Error for a vector, an array without rows, and an entry
/// that is infinite or NaN, naming its row and column.
Dataset read_npy_dataset(const std::string& path);

/// Writes version 1, with the type of Real ('<f8' or '<f4') and the shape of X. Throws Error if X
/// has rank 0 or the file cannot be written.
void write_npy(const std::string& path, const Tensor& X);

}  // namespace strata
