#pragma once
// What is asked of the operating system and the standard library has no words for (POSIX): files
// that are on the disk for sure, files that a program still writes, and standard output.

#include <cstdio>
#include <string>

namespace strata {

/// What the program calls itself among those that run.
long process_number();

/// Returns when the bytes written so far are on the disk. false, and errno, where they are not.
bool sync_file(std::FILE* file);
/// The same of the names in a folder, where its file system has that.
void sync_folder(const std::string& folder);

/// The file is locked until it is closed, at the latest when the program ends, however it ends.
void lock_file(std::FILE* file);
/// Whether a program that runs has locked the file; true where that cannot be found out.
bool is_locked(const std::string& path);

/// Whether this user may write to what is there. false, and errno, where not.
bool may_write(const std::string& path);

/// A stream to what this path names, if the program has it open already as standard output,
/// standard error or descriptor N of /dev/fd/N: what is written follows what was written before.
/// Null for other paths. Throws Error where descriptor N is not open for writing.
std::FILE* already_open(const std::string& path);

/// Writes out what was printed on standard output. Throws Error where that, or any printing before,
/// has failed: a full disk, a stream that is closed.
void check_standard_output();

}  // namespace strata
