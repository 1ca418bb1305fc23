#pragma once
// IDX, the file format of MNIST (LeCun, Cortes and Burges 1998) and its relatives: Fashion-MNIST,
// Kuzushiji-MNIST, EMNIST.
//   byte 0, 1   zero
//   byte 2      the type of the numbers; 08 is an unsigned byte
//   byte 3      the rank r
//   then        r lengths of four bytes each, big-endian
//   then        the numbers, the last dimension moving fastest
// A data set is a folder with four such files: images and labels, for training and for testing.

#include <string>

#include "core/data/dataset.hpp"

namespace strata {

/// The numbers of an IDX file of unsigned bytes of rank 1 to 4, unchanged (0 to 255). Throws Error,
/// with the name of the file, if it is not an IDX file, is gzipped, or holds another type, no
/// examples, or fewer or more bytes than its lengths require.
Tensor read_idx(const std::string& path);

enum class IdxPart { train, test };

/// Images and labels of one part: X (n × height·width) in [0, 1], the bytes divided by 255; labels;
/// the image shape; the folder's name. The file of training images is called
/// train-images-idx3-ubyte, train-images.idx3-ubyte, or either with a prefix, as in
/// emnist-letters-train-images-idx3-ubyte. The test images have t10k or test instead of train, and
/// the labels have labels-idx1 instead of images-idx3. (EMNIST's images lie on their side: in these
/// files rows and columns are exchanged. They are returned as the file has them.) Throws Error if a
/// file is missing or there are several, if the prefixes show that the two belong to different data
/// sets, if there are not as many labels as images, and as read_idx does.
Dataset read_idx_folder(const std::string& folder, IdxPart part);

/// Both parts. Also throws Error if the prefixes show that the two belong to different data sets,
/// or if their images differ in shape.
TrainTest load_idx_folder(const std::string& folder);

}  // namespace strata
