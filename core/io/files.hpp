#pragma once
// Whole files, in and out. A file is written next to its target and then renamed into place, so
// that anyone who looks sees either the old file or the new one, never half of one, even if the run
// is interrupted or the disk is full.

#include <string>
#include <string_view>

namespace strata {

/// The bytes of a file, unchanged. Throws Error "PATH: no such file", "PATH: is a folder, a file is
/// needed" or "PATH: cannot be read (reason)".
std::string read_file(const std::string& path);

/// Makes or replaces the file `path`. On failure the old file stays as it was, no temporary is left
/// behind, and Error "PATH: cannot be written (reason)" is thrown. A symbolic link is followed; a
/// device such as /dev/stdout is written to directly.
void write_file(const std::string& path, std::string_view bytes);

/// Makes the folder and its parents; it may exist already. Throws Error "PATH: the folder cannot be
/// made (reason)", naming the file that is in the way if there is one.
void make_folder(const std::string& path);

}  // namespace strata
