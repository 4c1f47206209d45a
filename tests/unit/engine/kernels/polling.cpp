// Non-blocking accesses whose results do not depend on timing: polling until a word is there or fits.
#include <ap_int.h>
#include <hls_stream.h>

static void poll(hls::stream<ap_uint<8> >& in, hls::stream<ap_uint<9> >& middle) {
  ap_uint<8> word;
  while (!in.read_nb(word)) {
#pragma HLS PIPELINE II=1
  }
  const ap_uint<9> twice = word * 2;
  bool sent = false;
  do {
#pragma HLS PIPELINE II=1
    sent = middle.write_nb(twice);
  } while (!sent);
}

static void peek(hls::stream<ap_uint<9> >& middle, hls::stream<ap_uint<12> >& out) {
#pragma HLS PIPELINE II=1
  static ap_uint<12> sum = 0;
  if (!middle.empty() && !out.full()) {
    sum += middle.read();
    out.write(sum);
  }
}

void polling(hls::stream<ap_uint<8> >& in, hls::stream<ap_uint<12> >& out) {
#pragma HLS DATAFLOW
  hls::stream<ap_uint<9> > middle("middle");
#pragma HLS STREAM variable=middle depth=3
  poll(in, middle);
  peek(middle, out);
}
