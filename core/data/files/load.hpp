#pragma once
// A data set by the name that the command line gives it:
//   digits              the 1797 digits of core/data/digits8x8.hpp (a folder of that name: ./digits)
//   circle, swiss_roll, blobs      1000 points made up as core/data/toy_sets.hpp says, always the same
//   waves               600 sequences of 12 to 24 steps, core/data/sequences.hpp, always the same
//   a folder            of IDX files, core/data/files/idx.hpp
//   .csv .tsv .txt      a table, core/data/files/csv.hpp
//   .npy                a NumPy array, core/data/files/npy.hpp

#include <string>

#include "core/data/dataset.hpp"

namespace strata {

/// Training and test rows. A folder has its own; the others give every fifth row to the test, those
/// with index % 5 == 4, and with fewer than five rows the test part is empty. Throws Error, which
/// lists the above for a name that is none of them, and for data that its reader refuses; numbers
/// that are infinite or NaN always are.
TrainTest load_data(const std::string& name_or_path);

/// All rows in the order of the file; of a folder of IDX files the test rows. Throws as load_data.
Dataset load_rows(const std::string& name_or_path);

}  // namespace strata
