// hls::vector as payload between processes: elementwise operators, scalars, reductions, comparisons, range-for.
#include <ap_int.h>
#include <hls_stream.h>
#include <hls_vector.h>

typedef hls::vector<ap_int<16>, 4> lanes_t;

static void gather(hls::stream<ap_int<12> >& in, hls::stream<lanes_t>& lanes) {
#pragma HLS PIPELINE
  lanes_t word;
  for (auto& lane : word) lane = in.read();
  lanes.write(word);
}

static void compute(hls::stream<lanes_t>& lanes, hls::stream<ap_int<24> >& out) {
#pragma HLS PIPELINE II=1
  static lanes_t sums = ap_int<16>(0);
  static const lanes_t weights({3, -1, 4, -5});
  const lanes_t x = lanes.read();
  sums += x * weights - (x >> ap_int<16>(2));
  const lanes_t y = (sums ^ ap_int<16>(7)) & ~x;
  const bool less = x < sums, same = y == x;
  out.write(ap_int<24>(y.reduce_add() * 4 + less * 2 + same));
}

void vectors(hls::stream<ap_int<12> >& in, hls::stream<ap_int<24> >& out) {
#pragma HLS DATAFLOW
  hls::stream<lanes_t> lanes("lanes");
#pragma HLS STREAM variable=lanes depth=4
  gather(in, lanes);
  compute(lanes, out);
}
