// A factor that is sign extended and then read as unsigned keeps the bits of its extension.
HLS_PROCESS void p_a(hls::stream<ap_int<4> >& in00, hls::stream<ap_uint<46> >& in01, hls::stream<ap_uint<23> >& out00) {
  const ap_uint<8> factor = in00.read();
  const ap_int<26> other = in01.read();
  out00.write(ap_uint<23>(factor * other));
}
