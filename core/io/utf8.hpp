#pragma once
// UTF-8 (RFC 3629): a character is one to four bytes, and not every sequence of bytes is text.

#include <cstddef>
#include <string>
#include <string_view>

namespace strata {

/// The number of bytes, 1 to 4, of the character that begins at text[at]; 0 if no valid character
/// begins there (a stray continuation byte, a truncated or overlong sequence, a surrogate, a number
/// beyond U+10FFFF).
inline std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return at + i < text.size() ? unsigned(static_cast<unsigned char>(text[at + i])) : 0;
  };
  const auto continues = [&](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
  if (at >= text.size()) return 0;
  const unsigned lead = byte(0), second = byte(1);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return continues(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const bool overlong = lead == 0xE0 && second < 0xA0;
    const bool surrogate = lead == 0xED && second >= 0xA0;
    return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const bool overlong = lead == 0xF0 && second < 0x90;
    const bool too_large = lead == 0xF4 && second >= 0x90;
    return continues(1) && continues(2) && continues(3) && !overlong && !too_large ? 4 : 0;
  }
  return 0;
}

/// Appends the character with this number (at most U+10FFFF).
inline void append_utf8(std::string& text, unsigned long code) {
  const auto tail = [&](int shift) { text += char(0x80 | ((code >> shift) & 0x3F)); };
  if (code < 0x80) {
    text += char(code);
  } else if (code < 0x800) {
    text += char(0xC0 | (code >> 6));
    tail(0);
  } else if (code < 0x10000) {
    text += char(0xE0 | (code >> 12));
    tail(6);
    tail(0);
  } else {
    text += char(0xF0 | (code >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

/// How many characters the text has; a byte that is not valid UTF-8 counts as one.
inline std::size_t count_characters(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); ++count) {
    const std::size_t length = utf8_length(text, at);
    at += length == 0 ? 1 : length;
  }
  return count;
}

/// The text as a terminal may be given it: control characters, which could move the cursor or hide
/// what stands there, and bytes that are no UTF-8 are written as \x1b. Line ends stay.
inline std::string printable(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text, at);
    const std::string_view character = text.substr(at, length == 0 ? 1 : length);
    const unsigned lead = static_cast<unsigned char>(character[0]);
    const unsigned last = static_cast<unsigned char>(character.back());
    const bool is_control = (length == 1 && (lead < ' ' || lead == 0x7F) && lead != '\n') ||
                            (length == 2 && lead == 0xC2 && last < 0xA0);
    if (length > 0 && !is_control) {
      result += character;
    } else {
      const char* const digits = "0123456789abcdef";
      result += {'\\', 'x', digits[last / 16], digits[last % 16]};
    }
    at += character.size();
  }
  return result;
}

/// The columns that it occupies on a screen: its characters, without combining marks (such as the
/// hat of ρ̂; U+0300 to U+036F).
inline std::size_t display_width(std::string_view text) {
  std::size_t width = count_characters(text);
  for (std::size_t at = 0; at + 1 < text.size(); ++at) {
    const unsigned lead = static_cast<unsigned char>(text[at]),
                   second = static_cast<unsigned char>(text[at + 1]);
    width -= lead == 0xCC || (lead == 0xCD && second <= 0xAF);
  }
  return width;
}

/// ¹² for 12.
inline std::string superscript(std::size_t number) {
  static const char* const digits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string result;
  for (char digit : std::to_string(number)) result += digits[digit - '0'];
  return result;
}

}  // namespace strata
