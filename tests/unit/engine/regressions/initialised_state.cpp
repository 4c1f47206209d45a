// A static variable or array with initial values needs no code that runs first.
HLS_PROCESS void p_a(hls::stream<ap_uint<9> >& in00, hls::stream<ap_int<30> >& out00) {
  static ap_int<30> state = -5;
  static ap_uint<7> table[3] = {100, 20, 3};
  const ap_uint<9> word = in00.read();
  state = state * 3 + table[word % ap_uint<2>(3)];
  table[word[8] ? 1 : 2] = word;
  out00.write(state);
}
