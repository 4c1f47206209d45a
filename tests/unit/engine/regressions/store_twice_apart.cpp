// A register stored early and late in an iteration: the next iteration's early store comes after the late one.
HLS_PROCESS void p_a(hls::stream<ap_uint<16> >& in00, hls::stream<ap_int<40> >& out00) {
  static ap_int<16> state;
  ap_int<40> sum = 0;
  for (int i = 0; i < 9; i++) {
    state = in00.read();
    sum = sum + state;
    if (state > 40) {
      state = ap_int<11>(state) % ap_uint<5>(24);
      state = (state * 1234 + 5) % ap_uint<7>(91);
      state = (state * 4321 + 7) % ap_uint<9>(333);
    }
  }
  out00.write(sum);
  out00.write(state);
}
