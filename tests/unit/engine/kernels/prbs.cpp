// PRBS-31 sixteen bits a word, and a checker that counts errors; two processes in a DATAFLOW region.
#include <ap_int.h>
#include <hls_stream.h>

static ap_uint<31> lfsr_step(ap_uint<31> s) {
  const bool feedback = s[30] ^ s[27];
  return (s(29, 0), ap_uint<1>(feedback));
}

static void generate(hls::stream<ap_uint<16> >& in, hls::stream<ap_uint<16> >& words) {
  static ap_uint<31> lfsr = 0x7fffffff;
#pragma HLS PIPELINE II=1
  const ap_uint<16> errors = in.read();
  ap_uint<16> word;
  for (int i = 0; i < 16; i++) {
    lfsr = lfsr_step(lfsr);
    word[15 - i] = lfsr[0];
  }
  words.write(word ^ (errors & (errors >> 1) & (errors >> 3)));
}

static void check(hls::stream<ap_uint<16> >& words, hls::stream<ap_uint<24> >& out) {
  static ap_uint<31> lfsr = 0x7fffffff;
  static ap_uint<19> count = 0;
#pragma HLS PIPELINE II=1
  const ap_uint<16> word = words.read();
  ap_uint<5> wrong = 0;
  for (int i = 15; i >= 0; --i) {
    lfsr = lfsr_step(lfsr);
    wrong += word[i] != lfsr[0];
  }
  count += wrong;
  out.write((count, wrong));
}

void prbs(hls::stream<ap_uint<16> >& in, hls::stream<ap_uint<24> >& out) {
#pragma HLS DATAFLOW
  static hls::stream<ap_uint<16> > words("words");
#pragma HLS STREAM variable=words depth=4
  generate(in, words);
  check(words, out);
}
