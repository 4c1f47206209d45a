// An element of a constant array is named on a branch that its own constants forbid: the branch went, its index stayed.
HLS_PROCESS void p_a(hls::stream<ap_uint<57> >& in00, hls::stream<ap_int<5> >& in01, hls::stream<ap_uint<57> >& out00) {
  static ap_uint<57> zeros[3][16];
  static ap_uint<57> zero;
  const ap_uint<57> a = in00.read();
  const ap_int<5> b = in01.read();
  ap_uint<57> taken = 1;
  if (zeros[0][ap_uint<1>(a)] >= zeros[1][ap_uint<1>(a >> 3)]) {
    taken = zeros[2][ap_uint<1>(zeros[0][7] <= 5 ? zeros[0][ap_uint<1>(zero < b ? zero : ap_uint<57>(b))]
                                               : zeros[2][ap_uint<1>(b)])];
  }
  out00.write(taken ^ a);
}
