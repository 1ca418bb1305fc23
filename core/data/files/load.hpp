#pragma once
// A data set by the name it has on the command line:
//   digits            those of core/data/digits8x8.hpp (for a folder of that name: ./digits)
//   circle, swiss_roll, blobs      1000 points as in core/data/toy_sets.hpp, always the same
//   waves             600 sequences of 12 to 24 steps, core/data/sequences.hpp, always the same
//   a folder          of IDX files, core/data/files/idx.hpp
//   .csv .tsv .txt    a table, core/data/files/csv.hpp
//   .npy              a NumPy array, core/data/files/npy.hpp

#include <string>

#include "core/data/dataset.hpp"

namespace strata {

/// Training and test rows. A folder has its own; the others use every fifth row for testing, those
/// with index % 5 == 4, so that with fewer than five rows the test part is empty. Throws Error for
/// a name that is none of the above, and lists them, and for data that the reader refuses; infinite
/// numbers and NaN are always refused.
TrainTest load_data(const std::string& name_or_path);

/// All rows in the order of the file; of a folder of IDX files, the test rows. Throws like
/// load_data.
Dataset load_rows(const std::string& name_or_path);

}  // namespace strata
