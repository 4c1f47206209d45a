// Run-length coder: bytes {last, value} become runs {last, length - 1, value} of at most 256 bytes. One byte a
// cycle, and one cycle to close a message: its last run is marked `last` too.
#include "engine.h"

#include <ap_int.h>
#include <hls_stream.h>

HLS_PROCESS void run_length_code(hls::stream<ap_uint<9> >& symbols, hls::stream<ap_uint<17> >& runs) {
  ap_uint<8> value = 0;
  ap_uint<8> repeats = 0;
  bool begun = false;  // value and repeats describe a run
  bool last = false;   // it is the message's last one
  while (true) {
    HLS_PIPELINE(1)
    const ap_uint<17> run = (ap_uint<17>(last) << 16) | (ap_uint<17>(repeats) << 8) | ap_uint<17>(value);
    if (last) {
      runs.write(run);
      break;
    }
    const ap_uint<9> symbol = symbols.read();
    const bool same = begun && symbol.range(7, 0) == value && repeats != 255;
    if (begun && !same) runs.write(run);
    repeats = same ? ap_uint<8>(repeats + 1) : ap_uint<8>(0);
    value = symbol.range(7, 0);
    begun = true;
    last = symbol[8];
  }
}

void run_length(hls::stream<ap_uint<9> >& symbols, hls::stream<ap_uint<17> >& runs) {
  HLS_DATAFLOW
  run_length_code(symbols, runs);
}
