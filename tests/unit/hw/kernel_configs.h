// Configs of populations and read-outs of ten neurons, four lanes, two of which fire together, and three time steps. kernel_cases.h runs them.
#ifndef KERNEL_CONFIGS_H
#define KERNEL_CONFIGS_H

#include "neurons/membrane.h"
#include "neurons/stateless.h"
#include "population.h"
#include "population_steps.h"
#include "readout.h"
#include "synapses/current.h"
#include "synapses/dense.h"
#include "synapses/diagonal.h"

#include <hls_stream.h>

namespace {

// A ROM of up to 8 slices and 64 rows; TAG makes each one a type of its own. The first ones: weights by projection.
template <int TAG>
struct Rom {
  static unsigned long long words[8][64];
  static unsigned long long word(int slice, int row) { return words[slice][row]; }
};
template <int TAG>
unsigned long long Rom<TAG>::words[8][64];

enum {
  own_tag = 3,  // of what a population sends itself
  thresholds_tag,
  biases_tag,
  resets_tag,
  leaks_tag,
  floors_tag,
  starts_tag,
  score_biases_tag,
  shifts_tag
};

template <int TAG>
unsigned long long (*rom_from(int tag))[64] {
  return tag == TAG ? Rom<TAG>::words : rom_from<TAG + 1>(tag);
}
template <>
unsigned long long (*rom_from<shifts_tag + 1>(int))[64] {
  return nullptr;
}

typedef ap_uint<2 * 3> counts_word_t;

struct Sums : asn::PlainPopulation {
  static const int lanes = 4;
  static const int groups = 3;
  static const int fire_lanes = 2;
  static const int parts = 2;
  static const int fire_groups = 5;
  static const int time_steps = 3;
  static const bool all_frames = false;
  typedef ap_int<20> acc_t;
  typedef ap_uint<4 * 20> acc_word_t;
  typedef ap_uint<2> group_index_t;
  typedef ap_uint<1> part_index_t;
  typedef ap_uint<2> step_index_t;
  typedef ap_uint<4 * 20 + 1> sums_word_t;
  typedef ap_uint<3> fire_count_t;
};

// ---- projections

template <bool IS_FRAME, int SHIFT, int TAG, class EVENT = asn::Event<3, 2> >
struct Synapses {
  static const bool is_frame = IS_FRAME;
  static const int shift = SHIFT;
  static const bool products_in_dsp = TAG == own_tag;
  typedef EVENT input_event;
  typedef ap_int<5> weight_t;
  typedef ap_uint<5> row_index_t;
  typedef Rom<TAG> weights;
};

typedef asn::Event<4, 2> SameEvent;  // of ten neurons
typedef asn::SignedEvent<4, 2> SignedEvent;

template <bool IS_FRAME, int SHIFT>
struct Currents {
  static const bool is_frame = IS_FRAME;
  static const int shift = SHIFT;
  typedef ap_int<13> current_t;
};

// ---- neurons

struct Levels {
  static const int levels = 4;
  typedef ap_int<17> threshold_t;
  typedef ap_uint<3> count_t;
  typedef asn::Event<4, 3> event_t;
  typedef Rom<thresholds_tag> thresholds;
  static int level_value(int level) { return level == 4 ? 7 : level; }
};

struct SignedLevels : Levels {
  typedef ap_int<3> count_t;
  typedef asn::SignedEvent<4, 3> event_t;
  static int level_value(int level) { return level == 4 ? 3 : level - 2; }
};

template <int RESET = asn::RESET_SOFT, bool LEAK_FIRST = false, bool HAS_FLOOR = false, bool PER_NEURON = false,
          bool HAS_CURRENT = false, class LEVELS = Levels>
struct Membranes : asn::PlainMembrane, LEVELS {
  static const int state_frac_bits = 2;
  static const int base = -1;
  static const int spike_bits = 4;
  static const int leak_multiplier = 5;
  static const int leak_shift = 3;
  static const int reset = RESET;
  static const bool leak_first = LEAK_FIRST;
  static const bool has_floor = HAS_FLOOR;
  static const bool leak_per_neuron = PER_NEURON;
  static const bool has_current = HAS_CURRENT;
  static const int current_multiplier = 3;
  static const int current_shift = 2;
  typedef ap_int<26> potential_t;
  typedef ap_int<26> state_t;
  typedef ap_int<26> current_t;
  typedef ap_int<11> bias_t;
  typedef ap_int<11> reset_t;
  typedef ap_uint<4> leak_t;
  typedef ap_int<13> floor_t;
  typedef Rom<biases_tag> biases;
  typedef Rom<resets_tag> resets;
  typedef Rom<leaks_tag> leaks;
  typedef Rom<floors_tag> floors;
};

struct WithoutLeak : Membranes<> {
  static const int leak_multiplier = 1;
  static const int leak_shift = 0;
};

struct WithoutBase : Membranes<> {
  static const int base = 0;
};

// ---- populations

template <class NEURON>
struct Population : Sums {
  typedef NEURON neuron;
  typedef typename NEURON::count_t count_t;
  typedef typename NEURON::event_t output_event;
  typedef ::counts_word_t counts_word_t;
  typedef asn::Stateless<Population> neurons;
};

// The same, sending two events in a word.
template <class POPULATION>
struct SendsTwo : POPULATION {
  typedef asn::Several<typename POPULATION::output_event, 2> output_event;
};

// The same with what differs in the first process.
template <class POPULATION>
struct AllFrames : POPULATION {
  static const bool all_frames = true;
};

template <class POPULATION>
struct Paired : POPULATION {
  static const bool paired = true;
};

template <class POPULATION>
struct SpansSteps : POPULATION {
  static const bool spans_steps = true;
};

template <class POPULATION>
struct HoldsFrame : POPULATION {
  static const bool holds_frame = true;
};

template <class POPULATION, int SHIFT, bool STARTS>
struct Loop : POPULATION {
  static const bool is_recurrent = true;
  static const bool starts_fed_back = STARTS;
  typedef Synapses<false, SHIFT, own_tag> recurrent;
  typedef Rom<starts_tag> starts;
};

// Neurons that know the whole config: the last of the chain.
template <class POPULATION, template <class> class NEURONS>
struct Of : POPULATION {
  typedef NEURONS<Of> neurons;
};

// ---- read-outs

struct Readout : Sums {
  static const int classes = 10;
  typedef acc_t score_t;
  typedef acc_word_t score_word_t;
  typedef Rom<score_biases_tag> biases;
  typedef Rom<shifts_tag> shifts;
  typedef ap_uint<2> lane_index_t;
  static const int scores_in_word = 1;
  static const int score_words = 10;
};

// The same with several scores in a word of the port.
template <class READOUT, int SCORES>
struct InWords : READOUT {
  static const int scores_in_word = SCORES;
  static const int score_words = (READOUT::classes + SCORES - 1) / SCORES;
};

struct FrameReadout : Readout {
  static const bool all_frames = true;
  static const int time_steps = 1;
};

template <int OUTPUT>
struct Leaky : Readout {
  static const int output = OUTPUT;
  static const int state_frac_bits = 2;
  static const int leak_multiplier = 5;
  static const int leak_shift = 3;
  typedef ap_int<26> state_t;
  typedef ap_int<11> bias_t;
  typedef ap_int<28> score_t;
  typedef ap_uint<4 * 28> score_word_t;
  typedef Rom<biases_tag> input_biases;
  typedef asn::NoRom biases;
};

}  // namespace
#endif
