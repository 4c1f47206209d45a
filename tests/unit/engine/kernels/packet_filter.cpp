// Packets of ap_axiu beats: those whose header asks for it are emptied by TKEEP, the others counted in TUSER.
#include <ap_axi_sdata.h>
#include <ap_int.h>
#include <hls_stream.h>

typedef ap_axiu<16, 4, 2, 3> beat_t;
typedef hls::stream<beat_t> beats_t;

static void pack(hls::stream<ap_uint<16> >& in, beats_t& beats) {
packets:
  for (ap_uint<3> n = (in.read() & 3) + 1; n != 0; n--) {
#pragma HLS PIPELINE II=1
    beat_t beat;
    beat.data = in.read();
    beat.keep = -1;
    beat.strb = beat.keep;
    beat.user = n;
    beat.id = beat.data(1, 0);
    beat.dest = 5;
    beat.last = n == 1;
    beats.write(beat);
  }
}

static void filter(beats_t& beats, beats_t& kept) {
  enum { HEADER, PASS, DROP } state = HEADER;
  beat_t beat;
  do {
#pragma HLS PIPELINE II=1
    beats.read(beat);
    if (state == HEADER) state = beat.id == 2 || beat.data[7] ? DROP : PASS;
    if (state == DROP) beat.keep = 0;
    else beat.user = beat.user ^ ap_uint<4>(beat.dest);
    kept.write(beat);
  } while (!beat.last);
}

static void unpack(beats_t& kept, hls::stream<ap_uint<24> >& out) {
  bool last = false;
  while (!last) {
#pragma HLS PIPELINE II=1
    const beat_t beat = kept.read();
    ap_uint<24> word = beat.data;
    word(19, 16) = beat.user;
    word(21, 20) = beat.id;
    word[23] = beat.last;
    if (beat.keep != 0) out.write(word);
    last = beat.last;
  }
}

void packet_filter(hls::stream<ap_uint<16> >& in, hls::stream<ap_uint<24> >& out) {
#pragma HLS DATAFLOW
  beats_t beats("beats"), kept("kept");
#pragma HLS STREAM variable=beats depth=8
#pragma HLS STREAM variable=kept depth=8
  pack(in, beats);
  filter(beats, kept);
  unpack(kept, out);
}
