// A beat of signed data: its sign once reached TLAST.
struct signed_beat_beat {
  ap_int<8> data;
  ap_uint<1> last;
};
HLS_PROCESS void p_a(hls::stream<ap_uint<32> >& in00, hls::stream<signed_beat_beat>& m00) {
  signed_beat_beat beat;
  const ap_uint<32> word = in00.read();
  beat.data = word;
  beat.last = word[9];
  m00.write(beat);
}

HLS_PROCESS void p_b(hls::stream<signed_beat_beat>& m00, hls::stream<ap_uint<32> >& out00) {
  const signed_beat_beat beat = m00.read();
  out00.write(beat.data + 1000 * beat.last);
}
