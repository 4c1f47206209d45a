// Only the engine's own simplification sees that the last write is never reached: the values of `flags` are 0 or 1.
HLS_PROCESS void p_a(hls::stream<ap_uint<9> >& in00, hls::stream<ap_uint<20> >& out00, hls::stream<ap_uint<4> >& out01) {
  ap_uint<21> flags[2][4] = {{1, 1, 0, 0}, {1, 1, 0, 0}};
  const ap_uint<9> word = in00.read();
  flags[word[0]][ap_uint<2>(word >> 1)] = word[3];
  out00.write(flags[word[4]][ap_uint<2>(word >> 5)]);
  if (flags[word[7]][ap_uint<1>(word[8])] <= 7) return;
  out01.write(3);
}
