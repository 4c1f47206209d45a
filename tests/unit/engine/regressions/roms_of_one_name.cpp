// Two arrays of one name, in blocks of their own; each becomes one wide ROM.
HLS_PROCESS void p_a(hls::stream<ap_uint<32> >& in00, hls::stream<ap_uint<32> >& out00) {
  const ap_uint<32> w = in00.read();
  ap_uint<16> r;
  { static const unsigned char rom[2][16] = {{1,2,3,4,9,7},{5,6,7,8}}; r = rom[0][ap_uint<4>(w)] + 256 * rom[1][ap_uint<4>(w)]; }
  { static const unsigned char rom[2][16] = {{71,72,73,74},{75,76,77,8}}; r = r ^ (rom[0][ap_uint<4>(w >> 4)] + 256 * rom[1][ap_uint<4>(w >> 4)]); }
  out00.write(r);
}
