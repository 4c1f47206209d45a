// A value from one array before a loop, from another one in it: the compiler makes one load in the loop's
// header of the two, through a pointer of the last iteration.
HLS_PROCESS void p_a(hls::stream<ap_uint<9> >& in00, hls::stream<ap_uint<9> >& out00) {
  static ap_uint<9> before[8];
  static ap_uint<9> inside[8];
  const ap_uint<9> word = in00.read();
  before[ap_uint<3>(word)] = word + 1;
  ap_uint<9> last = before[ap_uint<3>(word >> 3)];
  for (int i = 0; i < 5; i++) {
    HLS_DEPENDENCE_DISTANCE(inside, 1048576)
    inside[i] = inside[i] + word;
    last = inside[i];
  }
  out00.write(last);
}
