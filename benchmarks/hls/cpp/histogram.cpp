// Histogram of 512 bytes: count, then give all 256 bins away and clear them. Equal bytes may follow each other
// without a gap.
#include "engine.h"

#include <ap_int.h>
#include <hls_stream.h>

const int HISTOGRAM_BYTES = 512;

HLS_PROCESS void histogram_count(hls::stream<ap_uint<8> >& bytes, hls::stream<ap_uint<10> >& sizes) {
  static ap_uint<10> bins[256];
  for (int position = 0; position < HISTOGRAM_BYTES; position++) {
    HLS_PIPELINE(1)
    HLS_BYPASS(bins)
    const ap_uint<8> bin = bytes.read();
    bins[bin] = bins[bin] + 1;
  }
  for (int bin = 0; bin < 256; bin++) {
    HLS_PIPELINE(1)
    sizes.write(bins[bin]);
    bins[bin] = 0;
  }
}

void histogram(hls::stream<ap_uint<8> >& bytes, hls::stream<ap_uint<10> >& sizes) {
  HLS_DATAFLOW
  histogram_count(bytes, sizes);
}
