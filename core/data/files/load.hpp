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
#include "core/data/files/idx.hpp"

namespace strata {

/// Whether this is a folder of IDX files: it has test rows of its own.
bool has_test_files(const std::string& name_or_path);
/// How other data are split: `every` fifth row of those that are made here is for testing, of files
/// a `random` fifth, since the order of their rows may mean something.
SplitKind usual_split(const std::string& name_or_path);

/// Training and test rows: those of a folder, others as usual_split has it. Throws Error for a name
/// that is none of the above, and lists them, and for data that the reader refuses; infinite
/// numbers and NaN are always refused.
TrainTest load_data(const std::string& name_or_path);

/// All rows in the order of the file; of a folder of IDX files, those of one part. Throws like
/// load_data.
Dataset load_rows(const std::string& name_or_path, IdxPart part = IdxPart::test);

}  // namespace strata
