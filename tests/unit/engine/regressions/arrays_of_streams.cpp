// A network of processes within a function, joined by arrays of streams, with indices that are known and others.
#include "engine.h"
#include <ap_int.h>
#include <hls_stream.h>

template <int LANES>
void arrays_of_streams_deal(hls::stream<ap_uint<8> >& in, hls::stream<ap_uint<8>, 4> out[LANES]) {
  const ap_uint<8> first = in.read();
  for (int i = 0; i < LANES; i++) {
#pragma HLS UNROLL
    out[i].write(first + i);
  }
}

template <int STEP>
void arrays_of_streams_count(hls::stream<ap_uint<8>, 4>& in, hls::stream<ap_uint<9> >& out) {
  out.write(in.read() + STEP);
}

template <int LANES>
void arrays_of_streams_collect(hls::stream<ap_uint<9> > in[LANES], hls::stream<ap_uint<24> >& out) {
  ap_uint<24> sum = 0;
  for (int i = 0; i < LANES; i++) {
    const ap_uint<9> word = in[LANES - 1 - i].read();
    sum = sum * 3 + word;
    out.write(sum);
  }
}

HLS_PROCESS void p_a(hls::stream<ap_uint<8> >& in00, hls::stream<ap_uint<24> >& out00) {
#pragma HLS DATAFLOW
  static hls::stream<ap_uint<8>, 4> dealt[4];
  static hls::stream<ap_uint<9> > counted[4];
#pragma HLS STREAM variable=counted depth=3
  arrays_of_streams_deal<4>(in00, dealt);
  for (int i = 0; i < 4; i++) arrays_of_streams_count<7>(dealt[i], counted[i]);
  arrays_of_streams_collect<4>(counted, out00);
}
