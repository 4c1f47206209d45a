// Two wide words: the compiler makes the byte offset of one of them a choice of two constants.
#include "engine.h"
#include <ap_int.h>
#include <hls_stream.h>

HLS_PROCESS void p_a(hls::stream<ap_uint<39> >& in00, hls::stream<ap_uint<164> >& out00) {
  ap_uint<164> pair[2] = {1, 1};
  static ap_uint<39> last;
  const ap_uint<39> word = in00.read();
  pair[ap_uint<1>(word)] = (ap_uint<164>(word) << 100) ^ word;
  for (int i = 0; i < 4; i++) {
    for (int j = 0; j < 12; j++) {
      HLS_BYPASS(pair)
    }
    last = pair[ap_uint<1>(pair[ap_uint<1>(last)])] > word ? ap_uint<39>(pair[ap_uint<1>(i)]) : ap_uint<39>(0);
    out00.write(pair[ap_uint<1>(last >> 1)] ^ last);
  }
}

HLS_PROCESS void p_b(hls::stream<ap_uint<164> >& out00, hls::stream<ap_uint<8> >& out10) {
  static const unsigned char rows[3][8] = {{1, 2, 3, 4, 5, 6, 7, 8}, {9, 10, 11}, {20, 21, 22, 23, 24, 25, 26, 27}};
  static ap_uint<8> table[2][4] = {{1, 2, 3, 4}, {5, 6, 7, 8}};
  const ap_uint<164> word = out00.read();
  const int row = word[3] ? 0 : 2;
  out10.write(rows[row][ap_uint<3>(word)] + (word[0] ? table[0][1] : table[1][0]));
  table[word[1]][word[2] ? 3 : 0] += 1;
}
