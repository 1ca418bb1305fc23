#pragma once
// IDX, the file format of MNIST (LeCun, Cortes and Burges 1998) and its relatives: Fashion-MNIST,
// Kuzushiji-MNIST, EMNIST.
//   byte 0, 1   zero
//   byte 2      the type of the numbers; 08 is an unsigned byte
//   byte 3      the rank r
//   then        r lengths of four bytes, the largest place first
//   then        the numbers, the last dimension moving fastest
// A data set is a folder with four such files: images and labels, to train and to test.

#include <string>

#include "core/data/dataset.hpp"

namespace strata {

/// The numbers of an IDX file of unsigned bytes, rank 1 to 4, as they are (0 to 255). Throws Error,
/// with the name of the file, where it is no IDX file, is gzipped, holds another type, no examples,
/// or fewer or more bytes than its lengths need.
Tensor read_idx(const std::string& path);

enum class IdxPart { train, test };

/// Images and labels of one part: X (n × height·width) in [0, 1], the bytes divided by 255; labels;
/// the image shape; the folder's name. The file of training images is called
/// train-images-idx3-ubyte, train-images.idx3-ubyte, or either with a prefix, as in
/// emnist-letters-train-images-idx3-ubyte. The test images have t10k or test for train, and the
/// labels labels-idx1 for images-idx3. (EMNIST's images lie on their side: in these files rows and
/// columns are exchanged. They are given as the file has them.) Throws Error where a file is
/// missing or there are several, where the two are of different data sets by their prefix, as
/// read_idx does, and where there are not as many labels as images.
Dataset read_idx_folder(const std::string& folder, IdxPart part);

/// Both parts. Throws Error also where the two are of different data sets by their prefix, or their
/// images differ in shape.
TrainTest load_idx_folder(const std::string& folder);

}  // namespace strata
