// ARRAY_PARTITION of every kind, with indices that tell the bank and with others; #pragma HLS as Vitis spells it.
#include "engine.h"
#include <ap_int.h>
#include <hls_stream.h>

HLS_PROCESS void p_a(hls::stream<ap_uint<9> >& in00, hls::stream<ap_uint<20> >& m00) {
  ap_uint<9> cyclic[21], block[13], both[6][10];
#pragma HLS ARRAY_PARTITION variable=cyclic cyclic factor=3
#pragma HLS array_partition variable = block type = block factor = 4 dim = 1
#pragma HLS ARRAY_PARTITION variable=both cyclic factor=5 dim=2
#pragma HLS ARRAY_PARTITION variable=both block factor=2 dim=1
  const ap_uint<9> word = in00.read();
  for (int i = 0; i < 21; i++) {
#pragma HLS PIPELINE II=1
    cyclic[i] = word * i + (word >> 3);
  }
  for (int i = 0; i < 13; i++) block[i] = word + i * i;
  for (int row = 0; row < 6; row++) {
    for (int column = 0; column < 10; column++) {
#pragma HLS PIPELINE
      both[row][column] = cyclic[(row * 10 + column) % 21] + word * row;
    }
  }
  for (int i = 0; i < 7; i++) {
#pragma HLS PIPELINE II=1
    ap_uint<20> sum = 0;
    for (int part = 0; part < 3; part++) sum += cyclic[3 * i + part];
    m00.write(sum);
  }
  for (int i = 0; i < 6; i++) {
    const ap_uint<9> at = in00.read();
    block[at % 13] += at;
    both[at % 6][at % 10] ^= block[(at + 1) % 13];
    m00.write(both[(at >> 1) % 6][(at >> 2) % 10]);
  }
  for (int row = 0; row < 6; row++) {
    ap_uint<20> sum = 0;
    for (int column = 0; column < 10; column++) {
#pragma HLS UNROLL factor=5
      sum += both[row][column];
    }
    m00.write(sum);
  }
}

HLS_PROCESS void p_b(hls::stream<ap_uint<20> >& m00, hls::stream<ap_uint<24> >& out00) {
  static const ap_uint<7> rom[3][5] = {{3, 1, 4, 1, 5}, {9, 2, 6, 5, 3}, {58, 97, 93, 23, 84}};
  static ap_uint<20> state[2][3][4];
#pragma HLS ARRAY_PARTITION variable=rom complete dim=2
#pragma HLS ARRAY_PARTITION variable=state complete dim=2
  const ap_uint<20> word = m00.read();
  ap_uint<24> sum = 0;
  for (int i = 0; i < 5; i++) {
#pragma HLS UNROLL
    sum += rom[word % 3][i] * (i + 1);
  }
  sum += rom[(word >> 2) % 3][(word >> 4) % 5];
  state[word & 1][(word >> 1) % 3][(word >> 3) & 3] += sum;
  out00.write(state[(word >> 5) & 1][(word >> 6) % 3][(word >> 8) & 3] + sum);
}
