// Rows of an array where the compiler adds a constant behind an index that is negative.
#include "engine.h"
#include <ap_int.h>
#include <hls_stream.h>

HLS_PROCESS void p_a(hls::stream<ap_uint<5> >& in, hls::stream<ap_uint<16> >& out) {
  static ap_int<11> last;
  static ap_uint<8> rows[2][2];
  static ap_uint<8> table[3][4];
  const ap_uint<5> word = in.read();
  for (int i = 0; i < 3; i++) last = rows[1][ap_uint<1>(last)] + word;
  for (int i = -2; i < -1; i += 1) {
    for (int j = 1; j < 6; j += 1) rows[1][i + 2] = ap_uint<8>(129u) << ap_uint<3>(word);
  }
  for (int i = 1; i < 5; i++) {
    HLS_PIPELINE(1)
    table[1][i - 1] = table[1][i - 1] + table[2][4 - i] + word;
    table[2][i - 1] = word + i;
  }
  out.write(ap_uint<16>(last) ^ table[1][word & 3] ^ table[2][word >> 3]);
}
