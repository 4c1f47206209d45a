// What Verilator's FST writer asks of zlib, so that waveforms need no library: streams of stored blocks (RFC 1950 and
// 1951), which are never smaller than their contents; the writer then keeps the contents as they are.
#ifndef ASN_SIM_ZLIB_H
#define ASN_SIM_ZLIB_H

#include <cstring>

typedef unsigned char Bytef;
typedef unsigned long uLong;
typedef unsigned long uLongf;

#define Z_OK 0

inline uLong compressBound(uLong size) { return size + (size / 65535 + 1) * 5 + 6; }

// `written`: bytes of room, compressBound(size) at least; becomes the bytes written. The level changes nothing.
inline int compress2(Bytef* out, uLongf* written, const Bytef* source, uLong size, int) {
  Bytef* const start = out;
  uLong low = 1, high = 0;  // Adler-32
  *out++ = 0x78;
  *out++ = 0x01;
  uLong at = 0;
  do {
    const uLong count = size - at < 65535 ? size - at : 65535;
    const Bytef header[5] = {Bytef(at + count == size), Bytef(count & 255), Bytef(count >> 8), Bytef(~count & 255),
                             Bytef(~count >> 8 & 255)};
    std::memcpy(out, header, sizeof header);
    std::memcpy(out + sizeof header, source + at, count);
    out += sizeof header + count;
    for (uLong end = at + count; at < end; at++) {
      low = (low + source[at]) % 65521;
      high = (high + low) % 65521;
    }
  } while (at < size);
  for (int shift = 8; shift >= 0; shift -= 8) *out++ = Bytef(high >> shift & 255);
  for (int shift = 8; shift >= 0; shift -= 8) *out++ = Bytef(low >> shift & 255);
  *written = uLongf(out - start);
  return Z_OK;
}

#endif
