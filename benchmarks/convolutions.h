// Kernels of the convolutions that convolutions.py makes; its docstring tells what they do.
#include "engine.h"
#include "lanes.h"
#include "scanner.h"

#include <ap_int.h>
#include <hls_stream.h>

constexpr int bits_of(int values) { return values <= 2 ? 1 : 1 + bits_of((values + 1) / 2); }

template <int SIDE_, int INPUTS_, int OUTPUTS_, int LANES_>
struct Shape {
  static const int SIDE = SIDE_, INPUTS = INPUTS_, OUTPUTS = OUTPUTS_, LANES = LANES_;
  static const int GROUPS = OUTPUTS / LANES, TAPS = 9;
  static const int COUNT_BITS = 3, WEIGHT_BITS = 4, SUM_BITS = 14;
  static const int PLACE_BITS = bits_of(SIDE), INPUT_BITS = bits_of(INPUTS), GROUP_BITS = bits_of(GROUPS + 1);
  static const int WORD_BITS = INPUTS * COUNT_BITS, SLICES = (LANES * WEIGHT_BITS + 63) / 64;
  typedef ap_uint<WORD_BITS> word_t;                       // counts of a pixel
  typedef ap_uint<WORD_BITS + 4 + 2> token_t;              // counts | tap | last | empty
  typedef ap_uint<COUNT_BITS + 4 + INPUT_BITS + 2> event_t;  // count | tap, channel | last | empty
  typedef ap_uint<OUTPUTS * COUNT_BITS> out_t;
};

// Words with a count that is not zero among the nine around each pixel, as often as there are groups of lanes.
template <class L>
HLS_INLINE void window(hls::stream<typename L::word_t>& in, hls::stream<typename L::token_t>& out) {
  typedef typename L::word_t word_t;
  typedef typename L::token_t token_t;
  const int W = L::SIDE;
  typedef ap_uint<L::PLACE_BITS> place_t;
  static word_t ring[4 << L::PLACE_BITS];
  ap_uint<W> above = 0, here = 0, below = 0, fresh = 0;  // which pixels have a count, those of this column lowest
  for (int y = 0; y < 2; y++) {
    above = here;
    here = below;
    for (int x = 0; x < W; x++) {
      HLS_PIPELINE(1)
      word_t word = in.read();
      ring[(y << L::PLACE_BITS) | x] = word;
      below = (ap_uint<W>(word != 0) << (W - 1)) | (below >> 1);
    }
  }
  above = 0;
  place_t column = 0, line = 0;
  ap_uint<L::GROUP_BITS> group = 0;
  ap_uint<9> all = 0;
  all[4] = here[0];
  all[5] = here[1];
  all[7] = below[0];
  all[8] = below[1];
  ap_uint<9> pending = all;
  while (true) {
    HLS_PIPELINE(1)
    ap_uint<9> rest = pending & ap_uint<9>(pending - 1);
    ap_uint<9> chosen = pending ^ rest;
    bool empty = pending == 0;
    bool last = rest == 0;
    ap_uint<4> tap = 0;
    HLS_UNROLL_BEFORE
    for (int i = 0; i < 9; i++) {
      HLS_UNROLL_INSIDE
      if (chosen[i]) tap |= ap_uint<4>(i);
    }
    ap_uint<2> ky = tap >= 6 ? 2 : (tap >= 3 ? 1 : 0);
    ap_uint<2> kx = tap - ky * 3;
    ap_uint<2> row = ap_uint<2>(line + ky - 1);
    place_t at = place_t(column + kx - 1);
    token_t token = ring[(ap_uint<2 + L::PLACE_BITS>(row) << L::PLACE_BITS) | at];
    token |= token_t(tap) << L::WORD_BITS;
    token |= token_t(last) << (L::WORD_BITS + 4);
    token |= token_t(empty) << (L::WORD_BITS + 5);
    bool done = last && group == L::GROUPS - 1;
    bool more = line < W - 2;
    if (done && more) {
      word_t next = in.read();
      ring[(ap_uint<2 + L::PLACE_BITS>(ap_uint<2>(line + 2)) << L::PLACE_BITS) | column] = next;
      fresh = (ap_uint<W>(next != 0) << (W - 1)) | (fresh >> 1);
    }
    out.write(token);
    bool ends = column == W - 1;
    if (done && ends && line == W - 1) break;
    if (done) {
      group = 0;
      above = (above >> 1) | (ap_uint<W>(above[0]) << (W - 1));
      here = (here >> 1) | (ap_uint<W>(here[0]) << (W - 1));
      below = (below >> 1) | (ap_uint<W>(below[0]) << (W - 1));
      if (ends) {
        above = here;
        here = below;
        below = more ? fresh : ap_uint<W>(0);
        column = 0;
        line = line + 1;
      } else {
        column = column + 1;
      }
      bool left = column == 0, right = column == W - 1;
      all[0] = !left && above[W - 1] == 1;
      all[1] = above[0];
      all[2] = !right && above[1] == 1;
      all[3] = !left && here[W - 1] == 1;
      all[4] = here[0];
      all[5] = !right && here[1] == 1;
      all[6] = !left && below[W - 1] == 1;
      all[7] = below[0];
      all[8] = !right && below[1] == 1;
      pending = all;
    } else if (last) {
      group = group + 1;
      pending = all;
    } else {
      pending = rest;
    }
  }
}

// An event for each count of a word that is not zero; an empty one for a window without any.
template <class L>
HLS_INLINE void expand(hls::stream<typename L::token_t>& in, hls::stream<typename L::event_t>& out) {
  typedef typename L::word_t word_t;
  typedef typename L::token_t token_t;
  typedef typename L::event_t event_t;
  asn::Scanner<L::INPUTS, L::COUNT_BITS, L::INPUT_BITS> scanner;
  scanner.word = 0;
  scanner.pending = 0;
  ap_uint<4> tap = 0;
  bool last = false, empty = false, have = false;
  ap_uint<2 * L::PLACE_BITS + L::GROUP_BITS + 1> passes = 0;
  while (true) {
    HLS_PIPELINE(1)
    ap_uint<L::INPUT_BITS> lane;
    ap_uint<L::COUNT_BITS> count;
    bool some = have;
    scanner.take(lane, count);
    bool done = scanner.pending == 0;
    event_t event = count;
    event |= event_t((ap_uint<4 + L::INPUT_BITS>(tap) << L::INPUT_BITS) | lane) << L::COUNT_BITS;
    bool ends = last && done;
    event |= event_t(ends) << (L::COUNT_BITS + 4 + L::INPUT_BITS);
    event |= event_t(empty) << (L::COUNT_BITS + 5 + L::INPUT_BITS);
    bool final = some && ends && passes == L::SIDE * L::SIDE * L::GROUPS - 1;
    if (some && ends) passes = passes + 1;
    if ((!some || done) && !final) {
      token_t token = in.read();
      scanner.load(word_t(token));
      tap = token.range(L::WORD_BITS + 3, L::WORD_BITS);
      last = token[L::WORD_BITS + 4];
      empty = token[L::WORD_BITS + 5];
      have = true;
    }
    if (some) out.write(event);
    if (final) break;
  }
}

// Sums of all lanes, and at the end of a window the counts that they give.
template <class L>
HLS_INLINE void gather(hls::stream<typename L::event_t>& in, hls::stream<typename L::out_t>& out) {
  typedef typename L::event_t event_t;
  typedef ap_int<L::SUM_BITS> sum_t;
  typedef ap_uint<L::SLICES * 64> weights_t;
  typedef ap_uint<L::LANES * L::COUNT_BITS> counts_t;
  HLS_SEPARATE_SLICES(L::weights)
  ap_uint<L::LANES * L::SUM_BITS> sums = 0;
  typename L::out_t fired = 0;
  ap_uint<L::GROUP_BITS> group = 0;
  bool first = true;
  for (int pixel = 0; pixel < L::SIDE * L::SIDE;) {
    HLS_PIPELINE(1)
    event_t event = in.read();
    ap_uint<L::COUNT_BITS> count = event.range(L::COUNT_BITS - 1, 0);
    ap_uint<4 + L::INPUT_BITS> address = event.range(L::COUNT_BITS + 3 + L::INPUT_BITS, L::COUNT_BITS);
    bool last = event[L::COUNT_BITS + 4 + L::INPUT_BITS];
    int row = int(group) * (L::TAPS << L::INPUT_BITS) + int(address);
    weights_t word = 0;
    HLS_UNROLL_BEFORE
    for (int slice = 0; slice < L::SLICES; slice++) {
      HLS_UNROLL_INSIDE
      word |= weights_t(ap_uint<64>(L::weights[slice][row])) << (64 * slice);
    }
    ap_uint<L::LANES * L::SUM_BITS> next = 0;
    counts_t counts = 0;
    HLS_UNROLL_BEFORE
    for (int lane = 0; lane < L::LANES; lane++) {
      HLS_UNROLL_INSIDE
      ap_int<L::WEIGHT_BITS> weight = asn::get_lane<ap_int<L::WEIGHT_BITS> >(word, lane);
      sum_t before = first ? sum_t(0) : asn::get_lane<sum_t>(sums, lane);
      sum_t sum = before + weight * ap_int<L::COUNT_BITS + 1>(count);
      asn::put_lane(next, lane, sum);
      const int limit = L::thresholds[lane];
      ap_uint<L::COUNT_BITS> fires = 0;
      fires += ap_uint<1>(sum >= limit);
      fires += ap_uint<1>(sum >= 2 * limit);
      fires += ap_uint<1>(sum >= 3 * limit);
      fires += ap_uint<1>(sum >= 4 * limit);
      asn::put_lane(counts, lane, fires);
    }
    sums = next;
    first = last;
    if (last) {
      typename L::out_t word = counts;
      if (L::GROUPS > 1) word = (fired >> (L::GROUPS > 1 ? L::LANES * L::COUNT_BITS : 0)) |
                                (word << ((L::GROUPS - 1) * L::LANES * L::COUNT_BITS));
      fired = word;
      bool done = group == L::GROUPS - 1;
      group = done ? ap_uint<L::GROUP_BITS>(0) : ap_uint<L::GROUP_BITS>(group + 1);
      if (done) {
        out.write(word);
        pixel = pixel + 1;
      }
    }
  }
}
