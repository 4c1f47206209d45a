// ROMs of structs with room between their fields.
struct padded {
  unsigned char tag;
  unsigned value;
};
struct padded_ap {
  ap_uint<8> tag;
  ap_uint<70> value[2];
};
HLS_PROCESS void p_a(hls::stream<ap_uint<32> >& in00, hls::stream<ap_uint<32> >& out00) {
  static const padded plain[4] = {{1, 1000}, {2, 2000}, {3, 3000}, {4, 4000}};
  static const padded_ap own[3] = {{1, {7, 9}}, {2, {5, 6}}, {3, {1, 2}}};
  const ap_uint<32> w = in00.read();
  const int row = w % 3;
  out00.write(plain[ap_uint<2>(w)].value);
  out00.write(own[row].value[0] + own[row].value[1] * 65536);
}
