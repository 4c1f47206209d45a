// Static arrays whose first words alone have first values: clang makes a struct of those and of the zeros.
#include "engine.h"
#include <ap_int.h>
#include <hls_stream.h>

struct partly_initialised_state {
  ap_uint<8> mode;
  ap_uint<8> words[12];
  ap_uint<8> more[5];
};

HLS_PROCESS void p_a(hls::stream<ap_uint<8> >& in00, hls::stream<ap_uint<16> >& out00) {
  static unsigned char few[300] = {7, 9};
  static int pairs[30][2] = {{1, 2}, {3}};
  static partly_initialised_state state;
  static partly_initialised_state states[3];
  for (int i = 0; i < 7; i++) {
    const ap_uint<8> word = in00.read();
    out00.write(few[i] + few[word + 30] + pairs[i][word & 1] * 3);
    few[word + 30] += word;
    few[i] += 3;
    pairs[word % 30][i & 1] -= word;
    state.mode = word;
    state.words[word % 12] = state.mode + state.more[i % 5];
    state.more[word % 5] = state.words[i];
    states[word % 3].words[i] = state.words[11 - i];
    states[i % 3].more[i % 5] = states[word & 1].words[word % 12] + 1;
    out00.write(states[2].more[word % 5] + state.mode);
  }
}
