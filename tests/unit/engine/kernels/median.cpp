// Median of nine by a network of compare-exchange, with references as arguments.
#include <ap_int.h>
#include <hls_stream.h>

typedef ap_uint<10> px;
static inline void order(px& a, px& b) {
#pragma HLS INLINE
  const bool swap = a > b;
  const px low = swap ? b : a, high = swap ? a : b;
  a = low;
  b = high;
}

void median(hls::stream<ap_uint<10> >& in, hls::stream<ap_uint<10> >& out) {
  px p[9];
#pragma HLS ARRAY_PARTITION variable=p complete dim=0
  for (int i = 0; i < 9; i++) p[i] = in.read();
  static const unsigned char pairs[19][2] = {{1, 2}, {4, 5}, {7, 8}, {0, 1}, {3, 4}, {6, 7}, {1, 2},
                                             {4, 5}, {7, 8}, {0, 3}, {5, 8}, {4, 7}, {3, 6}, {1, 4},
                                             {2, 5}, {4, 7}, {4, 2}, {6, 4}, {4, 2}};
  for (int i = 0; i < 19; i++) {
#pragma HLS UNROLL
    order(p[pairs[i][0]], p[pairs[i][1]]);
  }
  out.write(p[4]);
}
