// Run-length coder: bytes {last, value} become runs {last, length - 1, value} of at most 256 bytes. One byte a
// cycle, and one cycle to close a message: its last run is marked `last` too.
#include "engine.h"

#include <ap_int.h>
#include <hls_stream.h>

HLS_PROCESS void run_length_code(hls::stream<ap_uint<9> >& symbols, hls::stream<ap_uint<17> >& runs) {
  ap_uint<8> value = 0;
  ap_uint<8> repeats = 0;
  bool begun = false;  // value and repeats describe a run
  bool last = false;   // the message has been read
  while (true) {
    HLS_PIPELINE(1)
    ap_uint<9> symbol = 0;
    if (!last) symbol = symbols.read();
    const ap_uint<8> next = symbol.range(7, 0);
    const bool same = begun && !last && next == value && repeats != 255;
    if (begun && !same) runs.write((ap_uint<17>(last) << 16) | (ap_uint<17>(repeats) << 8) | ap_uint<17>(value));
    if (last) break;
    repeats = same ? ap_uint<8>(repeats + 1) : ap_uint<8>(0);
    value = next;
    begun = true;
    last = symbol[8];
  }
}

void run_length(hls::stream<ap_uint<9> >& symbols, hls::stream<ap_uint<17> >& runs) {
  HLS_DATAFLOW
  run_length_code(symbols, runs);
}
