"""A small C++ source for tests of the command line: a loop, a product, a block RAM."""

from __future__ import annotations

HEAD = (
    '#include "engine.h"\n#include <ap_int.h>\n#include <hls_stream.h>\ntypedef hls::stream<ap_uint<8> > S;\n'
)
SQUARES = (
    HEAD
    + """void squares(S& in, hls::stream<ap_uint<16> >& out) {
  static ap_uint<8> last[300];
  for (int i = 0; i < 300; i++) {
    HLS_PIPELINE(1)
    const ap_uint<8> x = in.read();
    out.write(x * last[i]);
    last[i] = x;
  }
}
"""
)
