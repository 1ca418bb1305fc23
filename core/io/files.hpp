#pragma once
// Whole files, in and out. A file is written next to its target, brought to the disk and then
// renamed into place, so that anyone who looks sees either the old file or the new one, never half
// of one, even if the program is killed, the disk is full or the power fails.

#include <string>
#include <string_view>

namespace strata {

/// The bytes of a file, unchanged. Throws Error "PATH: no such file", "PATH: is a folder, a file is
/// needed" or "PATH: cannot be read (reason)".
std::string read_file(const std::string& path);

/// Makes or replaces the file `path`. On failure the old file stays as it was, no temporary is left
/// behind, and Error "PATH: cannot be written (reason)" is thrown; so it is for a file that is
/// read-only. A symbolic link is followed. To a device, a pipe or a socket, and to what the program
/// has open already (/dev/stdout, /dev/fd/3), the bytes are added, behind what was printed so far.
void write_file(const std::string& path, std::string_view bytes);

/// Before work whose result is to be written to `path`: throws what write_file would throw, as far
/// as it can be known, and removes unfinished files that programs left beside it when they were
/// killed. What is there is not changed.
void check_can_write(const std::string& path);

/// Makes the folder and its parents; it may exist already. Throws Error "PATH: the folder cannot be
/// made (reason)", naming the file that is in the way if there is one.
void make_folder(const std::string& path);

}  // namespace strata
