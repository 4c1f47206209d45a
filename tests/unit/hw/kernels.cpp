// Each kernel of hw/hls on its own, callable from Python. The ROMs are plain arrays that Python fills, so one
// compiled configuration serves many random networks.
#include "compress.h"
#include "encode.h"
#include "integrate_fire.h"
#include "readout.h"
#include "receive_events.h"
#include "scanner.h"

#include <hls_stream.h>

#include <cstring>

namespace {

const int neurons = 10;

// A ROM of up to 8 slices and 32 rows; TAG makes each one a type of its own.
template <int TAG>
struct Rom {
  static unsigned long long words[8][32];
  static unsigned long long word(int slice, int row) { return words[slice][row]; }
};
template <int TAG>
unsigned long long Rom<TAG>::words[8][32];

enum { weights_tag, thresholds_tag, biases_tag, reset_steps_tag, shifts_tag };

struct Synapses {
  static const int lanes = 4;
  static const int groups = 3;
  static const int time_steps = 3;
  typedef asn::Event<3, 2> input_event;
  typedef ap_int<5> weight_t;
  typedef ap_int<13> acc_t;
  typedef ap_uint<2> group_index_t;
  typedef ap_uint<5> row_index_t;
  typedef Rom<weights_tag> weights;
};

struct Population : Synapses {
  static const int levels = 4;
  static const int state_frac_bits = 2;
  static const int base = -1;
  static const int leak_multiplier = 5;
  static const int leak_shift = 3;
  typedef asn::Event<4, 3> output_event;
  typedef ap_int<17> threshold_t;
  typedef ap_uint<3> count_t;
  typedef ap_uint<2> group_count_t;
  typedef ap_int<20> potential_t;
  typedef ap_int<20> state_t;
  typedef ap_int<11> bias_t;
  typedef ap_uint<9> reset_t;
  typedef Rom<thresholds_tag> thresholds;
  typedef Rom<biases_tag> biases;
  typedef Rom<reset_steps_tag> reset_steps;
  static int level_value(int level) { return level == 4 ? 7 : level; }
};

struct Events : Population {
  static const bool static_input = false;
};

struct Frames : Population {
  static const bool static_input = true;
};

struct Readout : Synapses {
  static const int classes = neurons;
  typedef Rom<biases_tag> biases;
  typedef Rom<shifts_tag> shifts;
  typedef ap_uint<2> lane_index_t;
  typedef ap_uint<4> class_index_t;
};

template <int PIXELS, int COUNT_BITS = 8>
struct Pixels {
  static const int pixels = PIXELS;
  static const int words = (PIXELS + 3) / 4;
  typedef asn::Event<(PIXELS <= 2 ? 1 : PIXELS <= 4 ? 2 : 3), COUNT_BITS> output_event;
  typedef ap_uint<2> word_index_t;
};

struct Received {
  static const int time_steps = 3;
  typedef asn::Event<3, 2> output_event;
};

typedef Synapses::input_event::word_t input_word_t;
typedef ap_uint<4 * 3> counts_word_t;

template <class WORD>
void fill(hls::stream<WORD>& stream, const uint64_t* words, int count) {
  for (int i = 0; i < count; i++) stream.write(WORD(words[i]));
}

template <class WORD>
int drain(hls::stream<WORD>& stream, uint64_t* words) {
  int count = 0;
  while (!stream.empty()) words[count++] = stream.read().to_uint64();
  return count;
}

void fill_axis(asn::AxisStream& stream, const uint64_t* words, int count) {
  for (int i = 0; i < count; i++) stream.write(asn::axis_word(ap_uint<32>(words[i]), i == count - 1));
}

template <class CONFIG>
int run_encode(const uint64_t* words, int count, uint64_t* result) {
  asn::AxisStream pixels("pixels");
  hls::stream<typename CONFIG::output_event::word_t> events("events");
  fill_axis(pixels, words, count);
  asn::encode<CONFIG>(pixels, events);
  return drain(events, result);
}

template <class CONFIG>
int run_integrate_fire(bool stateful, const uint64_t* words, int count, uint64_t* result) {
  hls::stream<input_word_t> events("events");
  hls::stream<counts_word_t> counts("counts");
  fill(events, words, count);
  if (stateful) {
    asn::integrate_fire_stateful<CONFIG>(events, counts);
  } else {
    asn::integrate_fire_stateless<CONFIG>(events, counts);
  }
  return drain(counts, result);
}

}  // namespace

extern "C" {

void set_rom(int tag, const uint64_t* words, int slices, int rows) {
  unsigned long long(*roms[])[32] = {Rom<weights_tag>::words, Rom<thresholds_tag>::words,
                                     Rom<biases_tag>::words, Rom<reset_steps_tag>::words,
                                     Rom<shifts_tag>::words};
  for (int slice = 0; slice < slices; slice++) {
    std::memcpy(roms[tag][slice], words + slice * rows, 8 * rows);
  }
}

// Lanes of 17 bits, as signed numbers: what get_lane finds in a row that Python packed, and whether put_lane
// makes the same row of them.
int lanes_of_row(int row, int64_t* values) {
  const int lanes = 16;
  const ap_uint<lanes * 17> word = asn::rom_word<Rom<thresholds_tag>, lanes * 17>(row);
  ap_uint<lanes * 17> again = 0;
  for (int lane = 0; lane < lanes; lane++) {
    const ap_int<17> value = asn::get_lane<ap_int<17> >(word, lane);
    values[lane] = value.to_int64();
    asn::put_lane(again, lane, value);
  }
  return again == word;
}

int scan(uint64_t word, uint64_t* indices, uint64_t* counts) {
  asn::Scanner<4, 3, 2> scanner;
  scanner.load(counts_word_t(word));
  int found = 0;
  while (scanner.pending != 0) {
    ap_uint<2> index;
    ap_uint<3> count;
    scanner.take(index, count);
    indices[found] = index.to_uint64();
    counts[found++] = count.to_uint64();
  }
  return found;
}

int encode(int pixels, const uint64_t* words, int count, uint64_t* result) {
  switch (pixels) {
    case 1: return run_encode<Pixels<1> >(words, count, result);
    case 2: return run_encode<Pixels<2> >(words, count, result);
    case 4: return run_encode<Pixels<4> >(words, count, result);
    default: return run_encode<Pixels<7> >(words, count, result);
  }
}

int encode_5_bits(const uint64_t* words, int count, uint64_t* result) {
  return run_encode<Pixels<7, 5> >(words, count, result);
}

int receive_events(const uint64_t* words, int count, uint64_t* result) {
  asn::AxisStream port("words");
  hls::stream<input_word_t> events("events");
  fill_axis(port, words, count);
  asn::receive_events<Received>(port, events);
  return drain(events, result);
}

// Sums of one time step: neurons in groups of lanes, 12 numbers. What acc held before must not matter.
void integrate(const uint64_t* words, int count, int64_t* sums) {
  hls::stream<input_word_t> events("events");
  ap_uint<4 * 13> acc[3];
  for (int group = 0; group < 3; group++) acc[group] = 123456789 * (group + 1);
  bool empty = true;
  fill(events, words, count);
  asn::integrate<Synapses>(events, acc, empty);
  for (int i = 0; i < 12; i++) {
    sums[i] = asn::get_lane<Synapses::acc_t>(asn::sums_of<Synapses>(acc, empty, i / 4), i % 4).to_int64();
  }
}

int64_t leak(int64_t value) { return asn::leak<Population>(Population::potential_t(value)).to_int64(); }

int integrate_fire(bool frames, bool stateful, const uint64_t* words, int count, uint64_t* result) {
  return frames ? run_integrate_fire<Frames>(stateful, words, count, result)
                : run_integrate_fire<Events>(stateful, words, count, result);
}

int compress(const uint64_t* words, int count, uint64_t* result) {
  hls::stream<counts_word_t> counts("counts");
  hls::stream<Population::output_event::word_t> events("events");
  fill(counts, words, count);
  asn::compress<Population>(counts, events);
  return drain(events, result);
}

// Words of the message; the top bit of each is TLAST.
int readout(const uint64_t* words, int count, uint64_t* result) {
  hls::stream<input_word_t> events("events");
  hls::stream<ap_uint<4 * 13> > scores("scores");
  asn::AxisStream out("out");
  fill(events, words, count);
  asn::readout<Readout>(events, scores);
  asn::send_scores<Readout>(scores, out);
  int sent = 0;
  while (!out.empty()) {
    const asn::AxisWord word = out.read();
    result[sent++] = word.data.to_uint64() | (word.last.to_uint64() << 63);
  }
  return sent;
}

}  // extern "C"
