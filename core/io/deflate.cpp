#include "core/io/deflate.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>
#include <vector>

namespace strata {
namespace {

// Deflate fills bytes from their lowest bit upwards.
struct BitWriter {
  std::string out;
  std::uint32_t pending = 0;
  unsigned count = 0;  // number of bits in `pending`

  void put(std::uint32_t bits, unsigned how_many) {
    pending |= bits << count;
    for (count += how_many; count >= 8; count -= 8, pending >>= 8) out += char(pending & 0xFF);
  }

  // Huffman codes are the exception: their highest bit goes first.
  void put_code(std::uint32_t code, unsigned how_many) {
    for (unsigned i = how_many; i > 0; --i) put((code >> (i - 1)) & 1, 1);
  }

  // The fixed code (RFC 1951, 3.2.6): literal bytes, the end mark 256, length symbols 257 to 285.
  void put_symbol(unsigned symbol) {
    if (symbol < 144) return put_code(0x30 + symbol, 8);
    if (symbol < 256) return put_code(0x190 + symbol - 144, 9);
    if (symbol < 280) return put_code(symbol - 256, 7);
    put_code(0xC0 + symbol - 280, 8);
  }
};

// A length or a distance is the base of its symbol plus some extra bits (RFC 1951, 3.2.5).
constexpr std::array<std::uint16_t, 29> length_bases{3,  4,  5,  6,   7,   8,   9,   10,  11, 13,
                                                     15, 17, 19, 23,  27,  31,  35,  43,  51, 59,
                                                     67, 83, 99, 115, 131, 163, 195, 227, 258};
constexpr std::array<std::uint8_t, 29> length_extra{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                                    2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
constexpr std::array<std::uint16_t, 30> distance_bases{
    1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
    193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
constexpr std::array<std::uint8_t, 30> distance_extra{0, 0, 0,  0,  1,  1,  2,  2,  3,  3,
                                                      4, 4, 5,  5,  6,  6,  7,  7,  8,  8,
                                                      9, 9, 10, 10, 11, 11, 12, 12, 13, 13};
constexpr std::size_t shortest_match = 3, longest_match = 258, farthest_match = 32768;

template <class Bases>
std::size_t last_base_up_to(const Bases& bases, std::size_t value) {
  return std::size_t(std::upper_bound(bases.begin(), bases.end(), value) - bases.begin()) - 1;
}

// "Copy `length` bytes from `distance` bytes ago."
void put_match(BitWriter& writer, std::size_t length, std::size_t distance) {
  const std::size_t l = last_base_up_to(length_bases, length);
  writer.put_symbol(unsigned(257 + l));
  writer.put(std::uint32_t(length - length_bases[l]), length_extra[l]);
  const std::size_t d = last_base_up_to(distance_bases, distance);
  writer.put_code(std::uint32_t(d), 5);
  writer.put(std::uint32_t(distance - distance_bases[d]), distance_extra[d]);
}

std::size_t common_length(std::string_view bytes, std::size_t earlier, std::size_t at) {
  const std::size_t most = std::min(longest_match, bytes.size() - at);
  std::size_t length = 0;
  while (length < most && bytes[earlier + length] == bytes[at + length]) ++length;
  return length;
}

std::size_t hash_of_three(std::string_view bytes, std::size_t at) {
  std::uint32_t hash = 0;
  for (std::size_t i = 0; i < 3; ++i) hash = hash << 8 | static_cast<unsigned char>(bytes[at + i]);
  return (hash * 2654435761u) >> 17;  // 15 bits, mixed by a multiplication (Knuth)
}

void deflate(BitWriter& writer, std::string_view bytes) {
  writer.put(1, 1);  // the last block
  writer.put(1, 2);  // with the fixed code
  const std::size_t nowhere = bytes.size();
  std::vector<std::size_t> last_seen(1u << 15, nowhere);
  for (std::size_t at = 0; at < bytes.size();) {
    std::size_t earlier = nowhere, length = 0;
    if (at + shortest_match <= bytes.size())
      earlier = std::exchange(last_seen[hash_of_three(bytes, at)], at);
    if (earlier != nowhere && at - earlier <= farthest_match)
      length = common_length(bytes, earlier, at);
    if (length >= shortest_match) {
      put_match(writer, length, at - earlier);
      at += length;
    } else {
      writer.put_symbol(static_cast<unsigned char>(bytes[at]));
      ++at;
    }
  }
  writer.put_symbol(256);
  if (writer.count > 0) writer.put(0, 8 - writer.count);
}

}  // namespace

std::string zlib_compress(std::string_view bytes) {
  BitWriter writer;
  writer.out = "\x78\x01";  // deflate, a window of 32 KB, fastest level
  deflate(writer, bytes);
  const std::uint32_t checksum = adler32(bytes);
  for (int shift = 24; shift >= 0; shift -= 8) writer.out += char((checksum >> shift) & 0xFF);
  return std::move(writer.out);
}

std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
  }
  return ~crc;
}

std::uint32_t adler32(std::string_view bytes) {
  std::uint32_t a = 1, b = 0;
  for (char byte : bytes) {
    a = (a + static_cast<unsigned char>(byte)) % 65521;
    b = (b + a) % 65521;
  }
  return b << 16 | a;
}

}  // namespace strata
