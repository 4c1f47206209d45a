// What Verilator's FST writer asks of LZ4, so that waveforms need no library: blocks of the LZ4 format, compressed
// greedily with one table of the last places where four bytes were seen. Not the LZ4 library, and as fast as needed.
#ifndef ASN_SIM_LZ4_H
#define ASN_SIM_LZ4_H

#include <cstdint>
#include <cstring>
#include <vector>

inline int LZ4_compressBound(int size) { return size + size / 255 + 16; }

namespace asn_lz4 {

const int MATCH = 4;         // bytes of the shortest match
const int LAST = 5;          // a block ends with so many literals at least,
const int LAST_START = 12;   // and no match starts later than so many bytes before its end
const int FARTHEST = 65535;  // distance of a match

inline uint32_t four_bytes(const char* at) {
  uint32_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

inline char* put_length(char* out, int length) {
  for (; length >= 255; length -= 255) *out++ = char(255);
  *out++ = char(length);
  return out;
}

// Literals, and behind them a match unless `length` is 0.
inline char* put_sequence(char* out, const char* literals, int count, int distance, int length) {
  char* token = out++;
  const int more = length ? length - MATCH : 0;
  *token = char((count < 15 ? count : 15) << 4 | (more < 15 ? more : 15));
  if (count >= 15) out = put_length(out, count - 15);
  std::memcpy(out, literals, std::size_t(count));
  out += count;
  if (!length) return out;
  *out++ = char(distance & 255);
  *out++ = char(distance >> 8);
  return more >= 15 ? put_length(out, more - 15) : out;
}

}  // namespace asn_lz4

// `room` must be LZ4_compressBound(size) at least. Returns the bytes written.
inline int LZ4_compress_default(const char* source, char* out, int size, int) {
  using namespace asn_lz4;
  std::vector<int> seen(1 << 14, -1);
  char* const start = out;
  int anchor = 0;
  for (int at = 0; at + LAST_START < size;) {
    const uint32_t word = four_bytes(source + at);
    int& place = seen[(word * 2654435761u) >> 18];
    const int before = place;
    place = at;
    if (before < 0 || at - before > FARTHEST || four_bytes(source + before) != word) {
      at++;
      continue;
    }
    int length = MATCH;
    while (at + length < size - LAST && source[before + length] == source[at + length]) length++;
    out = put_sequence(out, source + anchor, at - anchor, at - before, length);
    anchor = at += length;
  }
  out = put_sequence(out, source + anchor, size - anchor, 0, 0);
  return int(out - start);
}

#endif
