// Packed words of eight spike counts become one event per spiking neuron (hw/hls/compress.h): zeros are
// skipped, one event a cycle, one cycle for a word without spikes, one for the end of the step.
#include "compress.h"

struct compress_config {
  static const int fire_lanes = 8;
  static const int fire_groups = 8;
  static const int time_steps = 1;
  typedef asn::Event<6, 3> output_event;
  typedef ap_uint<3> count_t;
  typedef ap_uint<24> counts_word_t;
  typedef ap_uint<4> fire_count_t;
  typedef ap_uint<1> step_index_t;
};

HLS_PROCESS void compress_words(hls::stream<ap_uint<24> >& counts, hls::stream<ap_uint<10> >& events) {
  asn::compress<compress_config>(counts, events);
}

void compress(hls::stream<ap_uint<24> >& counts, hls::stream<ap_uint<10> >& events) {
  HLS_DATAFLOW
  compress_words(counts, events);
}
