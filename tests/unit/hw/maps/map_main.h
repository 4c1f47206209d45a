// Words of streams from and to files, without a C++ library; native runs of the map kernels include it.
#ifndef MAP_MAIN_H
#define MAP_MAIN_H

#include <hls_stream.h>

#include <stdio.h>
#include <stdlib.h>

namespace asn_sim {

// A word of a stream, whose payload may be a beat of an AXI4-Stream.
template <class WORD>
struct Payload {
  typedef WORD bits_t;
  static WORD of(const bits_t& bits) { return bits; }
};

template <>
struct Payload<asn::AxisWord<32> > {
  typedef ap_uint<32> bits_t;
  static asn::AxisWord<32> of(const bits_t& bits) { return asn::axis_word<32>(bits, false); }
};

template <class WORD>
void load(hls::stream<WORD>& stream, const char* name) {
  FILE* file = fopen(name, "r");
  if (!file) exit(3);
  typedef typename Payload<WORD>::bits_t bits_t;
  bits_t word = 0;
  for (int letter = fgetc(file); letter != EOF; letter = fgetc(file)) {
    if (letter == '\n') {
      stream.write(Payload<WORD>::of(word));
      word = 0;
      continue;
    }
    const int digit = letter <= '9' ? letter - '0' : letter - 'a' + 10;
    for (int bit = 3; bit >= 0; bit--) {
      if (bits_t::width > 1) word = word << 1;
      word[0] = (digit >> bit) & 1;
    }
  }
  fclose(file);
}

template <class INFERENCE>
void run(const char* design, const INFERENCE& inference) {
  if (!_setjmp(way_out())) return inference();
  fprintf(stderr, "%s: %s\n", design, failure());
  exit(4);
}

template <class WORD>
void show(hls::stream<WORD>& stream, const char* design, const char* name) {
  while (!stream.empty()) {
    const WORD word = stream.read();
    printf("%s %s ", design, name);
    for (int low = (WORD::width - 1) / 4 * 4; low >= 0; low -= 4) {
      int digit = 0;
      for (int bit = 0; bit < 4 && low + bit < WORD::width; bit++) digit |= int(bool(word[low + bit])) << bit;
      putchar("0123456789abcdef"[digit]);
    }
    putchar('\n');
  }
}

template <class WORD>
void expect_empty(hls::stream<WORD>& stream, const char* design, const char* name) {
  if (stream.empty()) return;
  fprintf(stderr, "%s: words of %s are not read\n", design, name);
  exit(4);
}

}  // namespace asn_sim
#endif
