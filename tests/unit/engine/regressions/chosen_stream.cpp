// The compiler makes one access of two in the branches of an if, to a stream chosen at run time.
#include "engine.h"
#include <ap_int.h>
#include <hls_stream.h>

HLS_PROCESS void p_a(hls::stream<ap_uint<9> >& in00, hls::stream<ap_uint<9> >& in01, hls::stream<ap_uint<9> >& out00,
                     hls::stream<ap_uint<9> >& out01) {
  const ap_uint<9> word = in00.read();
  ap_uint<9> other;
  if (word[0]) {
    other = in00.read();
  } else {
    other = in01.read();
  }
  for (int i = 0; i < 3; i++) {
    if (word[i + 1]) {
      out00.write(other + i);
    } else {
      out01.write(other + i);
    }
  }
}
