// A beat of built-in types, and enumerators as words.
struct plain_beat_beat {
  unsigned short data;
  bool last;
};
struct plain_beat_record {
  enum { idle, running = 9 } state;
  ap_int<3> step;
};
HLS_PROCESS void p_a(hls::stream<ap_uint<32> >& in00, hls::stream<plain_beat_beat>& m00,
                     hls::stream<plain_beat_record>& m01) {
  const ap_uint<32> word = in00.read();
  plain_beat_beat beat;
  beat.data = word;
  beat.last = word[9];
  m00.write(beat);
  plain_beat_record record;
  record.state = word[3] ? plain_beat_record::running : plain_beat_record::idle;
  record.step = word;
  m01.write(record);
}

HLS_PROCESS void p_b(hls::stream<plain_beat_beat>& m00, hls::stream<plain_beat_record>& m01,
                     hls::stream<ap_uint<32> >& out00) {
  const plain_beat_beat beat = m00.read();
  out00.write(beat.data + 100000 * beat.last);
  const plain_beat_record record = m01.read();
  out00.write(record.step + record.state);
}
