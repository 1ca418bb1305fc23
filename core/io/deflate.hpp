#pragma once
// Compression as PNG needs it: the deflate format (RFC 1951) inside a zlib envelope (RFC 1950), and
// the two checksums. The output is one block with the fixed Huffman code; repeats are found through
// a table that says where each triple of bytes was last seen. A serious compressor would do better
// by a third; this one fits on a page.

#include <cstdint>
#include <string>
#include <string_view>

namespace strata {

/// The bytes as a zlib stream that any inflate can read.
std::string zlib_compress(std::string_view bytes);

/// CRC-32 with the polynomial x³² + x²⁶ + … + 1 (PNG specification, annex D). crc32("123456789") is
/// 0xCBF43926.
std::uint32_t crc32(std::string_view bytes);

/// Adler-32 (RFC 1950): two sums modulo 65521. adler32("Wikipedia") is 0x11E60398.
std::uint32_t adler32(std::string_view bytes);

}  // namespace strata
