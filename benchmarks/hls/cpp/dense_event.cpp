// The project's population with dense synapses (hw/hls/population.h), 64 inputs to 32 neurons, as dense_LANESxBITS:
// so many neurons a cycle, weights of so many bits. An event costs a cycle for each group of lanes, and so does
// firing at the end of the step.
#define AP_INT_MAX_W 1024
#include "neurons/stateless.h"
#include "population.h"
#include "synapses/dense.h"

const int DENSE_INPUTS = 64;
const int DENSE_NEURONS = 32;
const int DENSE_LEVELS = 4;

// ROMs of 64-bit slices, as the generated code has them: any weights will do, thresholds rise with the level.
template <int SLICES, int ROWS>
struct DenseRom {
  unsigned long long words[SLICES][ROWS];
};

template <int SLICES, int ROWS>
constexpr DenseRom<SLICES, ROWS> make_weights(int bits) {
  DenseRom<SLICES, ROWS> rom{};
  for (int slice = 0; slice < SLICES; slice++) {
    for (int row = 0; row < ROWS; row++) {
      const unsigned long long product = 0x9E3779B97F4A7C15ull * (2 * (slice * ROWS + row) + 1);
      rom.words[slice][row] = (product ^ product >> 29) >> (bits < 64 ? 64 - bits : 0);
    }
  }
  return rom;
}

template <int SLICES, int ROWS>
constexpr DenseRom<SLICES, ROWS> make_thresholds() {
  DenseRom<SLICES, ROWS> rom{};
  for (int slice = 0; slice < SLICES; slice++) {
    const int level = slice / (SLICES / DENSE_LEVELS) + 1;
    for (int row = 0; row < ROWS; row++) {
      for (int lane = 0; lane < 4; lane++) {
        rom.words[slice][row] |= (300ull * level + 16 * row + 5 * slice + lane) << (16 * lane);
      }
    }
  }
  return rom;
}

template <int SLICES, int ROWS, int BITS>
constexpr DenseRom<SLICES, ROWS> dense_weights = make_weights<SLICES, ROWS>(BITS);
template <int SLICES, int ROWS>
constexpr DenseRom<SLICES, ROWS> dense_thresholds = make_thresholds<SLICES, ROWS>();

template <int LANES>
struct dense_neuron {
  static const int levels = DENSE_LEVELS;
  typedef ap_int<16> threshold_t;
  typedef ap_uint<3> count_t;
  struct thresholds {
    static HLS_INLINE unsigned long long word(int slice, int row) {
      const auto& words = dense_thresholds<DENSE_LEVELS * LANES / 4, DENSE_NEURONS / LANES>.words;
      HLS_SEPARATE_SLICES(words)
      return words[slice][row];
    }
  };
  static HLS_INLINE int level_value(int level) { return level; }
};

template <int LANES, int WEIGHT_BITS>
struct dense_projection {
  static const int shift = 0;
  static const bool is_frame = false;
  static const bool products_in_dsp = false;
  typedef asn::Event<6, 3> input_event;
  typedef ap_int<WEIGHT_BITS> weight_t;
  typedef ap_uint<9> row_index_t;

  static const int rows = DENSE_INPUTS * DENSE_NEURONS / LANES;
  static const int weight_bits = LANES * WEIGHT_BITS;  // of a row
  struct weights {
    static HLS_INLINE unsigned long long word(int slice, int row) {
      return dense_weights<(weight_bits + 63) / 64, rows, weight_bits>.words[slice][row];
    }
  };
};

template <int LANES, int WEIGHT_BITS>
struct dense_config : asn::PlainPopulation {
  static const int time_steps = 1;
  static const bool all_frames = false;
  static const int lanes = LANES;
  static const int groups = DENSE_NEURONS / LANES;
  typedef ap_int<WEIGHT_BITS + 9> acc_t;  // 64 inputs of up to 7 spikes
  typedef ap_uint<LANES * (WEIGHT_BITS + 9)> acc_word_t;
  typedef ap_uint<3 * LANES> counts_word_t;
  typedef ap_uint<3> group_index_t;
  static const int fire_lanes = LANES;
  static const int parts = 1;  // of a group, that fire one after the other
  static const int fire_groups = groups;
  typedef ap_uint<1> part_index_t;
  typedef ap_uint<4> fire_count_t;
  typedef dense_neuron<LANES> neuron;
  typedef asn::Stateless<dense_config> neurons;
};

typedef hls::stream<ap_uint<10> > dense_events_t;

#define DENSE(LANES, BITS)                                                                               \
  typedef dense_config<LANES, BITS> dense_##LANES##x##BITS##_config;                                     \
  HLS_PROCESS void dense_##LANES##x##BITS##_process(dense_events_t& events,                              \
                                                    hls::stream<ap_uint<3 * LANES> >& counts) {          \
    asn::population<dense_##LANES##x##BITS##_config,                                                     \
                    asn::Dense<dense_##LANES##x##BITS##_config, dense_projection<LANES, BITS> > >(       \
        counts, events);                                                                                 \
  }                                                                                                      \
  void dense_##LANES##x##BITS(dense_events_t& events, hls::stream<ap_uint<3 * LANES> >& counts) {        \
    HLS_DATAFLOW                                                                                         \
    dense_##LANES##x##BITS##_process(events, counts);                                                    \
  }

DENSE(4, 8)
DENSE(8, 8)
DENSE(16, 4)
DENSE(16, 8)
