#pragma once
// NPY, the file format of one NumPy array (numpy.lib.format; versions 1, 2 and 3):
//   byte 0…5    93 'NUMPY'
//   byte 6, 7   the version
//   then        the length of the header, in 2 bytes (version 1) or 4, the smallest place first
//   then        the header, a Python dictionary: {'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }
//   then        the numbers; the last dimension moves fastest, with fortran_order the first

#include <string>
#include <string_view>

#include "core/data/dataset.hpp"

namespace strata {

/// The array, of rank 0 to 4, in the shape that it has (rank 0: shape (1)). Read are floats of 4
/// and 8 bytes, integers of 1, 2, 4 and 8 bytes with and without sign, and truth values (0 and 1),
/// in either byte order; all are rounded to Real. Infinite numbers and NaN are kept. Throws Error,
/// with the name of the file, where it is no such file, the type is another, a dimension but the
/// first is 0, there are fewer or more bytes than the shape needs, or a number is beyond the range
/// of Real.
Tensor read_npy(const std::string& path);

/// The same as a data set (n×d) without labels, named after the file. Of higher rank the first
/// dimension counts the examples: n×height×width are images, n×a×b×c has a·b·c features. The
/// numbers are not scaled. Throws Error also for a vector, an array without rows, and an entry that
/// is infinite or NaN, naming its row and column.
Dataset read_npy_dataset(const std::string& path);

/// Version 1, with the type of Real ('<f8' or '<f4') and the shape of X. Throws Error where X is of
/// rank 0 or the file cannot be written.
void write_npy(const std::string& path, const Tensor& X);

}  // namespace strata
