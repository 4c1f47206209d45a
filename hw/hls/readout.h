// The last layer has no neurons. readout accumulates all time steps and hands over packed sums; send_scores shifts
// each into the unit of the scores, adds the bias and sends one int32 score per class, TLAST on the last word.
//
// leaky_readout has a membrane that does not fire: U = leak(U) + (sum << F) + bias at each time step; its last or
// largest value, or the sum of all of them, is the score.
//
// With every_step both send what they have after each time step: running_readout takes the place of readout, which needs
// the sums over all steps alone, and the answer has a row of scores for each step.
//
// Config C: lanes, groups, time_steps, spans_steps (one projection, of events, that has integrate_steps), score_t,
//           score_word_t, and what sums.h and the synapses ask for; scores_in_word, score_words (of an inference),
//           biases (ROM of as many int32 as a word has scores), shifts (ROM of as many left shifts 0..31, or NoRom),
//           lane_index_t (0..lanes-1). With every_step also row_index_t (0..score_words-1), and score_words, shifts
//           are of one row, biases of all rows.
#ifndef ASN_READOUT_H
#define ASN_READOUT_H

#include "axis.h"
#include "neurons/membrane.h"
#include "population.h"

namespace asn {

// The sums of one group over so many time steps: those of a frame count at each of them.
template <class C>
HLS_INLINE typename C::acc_word_t total_of(const typename C::acc_word_t acc[C::groups], bool empty,
                                           const typename C::acc_word_t frame[C::groups], bool frame_empty,
                                           int group, const ap_uint<11>& steps = C::time_steps) {
  const typename C::acc_word_t sums = numbers_of<C>(word_of<C>(acc, empty, group));
  if (!C::holds_frame) return sums;
  const typename C::acc_word_t still = numbers_of<C>(word_of<C>(frame, frame_empty, group));
  typename C::acc_word_t total = 0;
  HLS_UNROLL_BEFORE
  for (int lane = 0; lane < C::lanes; lane++) {
    HLS_UNROLL_INSIDE
    typename C::acc_t sum = get_lane<typename C::acc_t>(sums, lane);
    sum += get_lane<typename C::acc_t>(still, lane) * steps;
    put_lane(total, lane, sum);
  }
  return total;
}

// The sums over all time steps: by one loop, if there is but one stream of events.
template <class C, bool SPANS_STEPS>
struct AllSteps {
  template <class... P>
  static HLS_INLINE void integrate(typename C::acc_word_t acc[C::groups], bool& empty,
                                   typename P::stream_t&... streams) {
    for (int step = 0; step < C::time_steps; step++) {
      integrate_all<C, C::all_frames, P...>(acc, empty, acc, true, streams...);
    }
  }
};

template <class C>
struct AllSteps<C, true> {
  template <class P>
  static HLS_INLINE void integrate(typename C::acc_word_t acc[C::groups], bool& empty,
                                   typename P::stream_t& stream) {
    P::template integrate_steps<C::time_steps>(stream, acc, empty, acc, true);
  }
};

template <class C, class... P>
HLS_INLINE void readout(hls::stream<typename C::score_word_t>& scores, typename P::stream_t&... streams) {
  typename C::acc_word_t acc[C::groups];
  typename C::acc_word_t frame[C::groups];
  bool empty = true;
  bool frame_empty = true;
  if (C::holds_frame) integrate_all<C, true, P...>(frame, frame_empty, frame, true, streams...);
  AllSteps<C, C::spans_steps>::template integrate<P...>(acc, empty, streams...);
  for (int turn = 0; turn < C::groups; turn++) {
    HLS_PIPELINE(1)
    const int group = C::groups == 1 ? 0 : turn;
    scores.write(total_of<C>(acc, empty, frame, frame_empty, group));
  }
}

template <class C, class... P>
HLS_INLINE void running_readout(hls::stream<typename C::score_word_t>& scores, typename P::stream_t&... streams) {
  typename C::acc_word_t acc[C::groups];
  typename C::acc_word_t frame[C::groups];
  bool empty = true;
  bool frame_empty = true;
  if (C::holds_frame) integrate_all<C, true, P...>(frame, frame_empty, frame, true, streams...);
  for (int step = 0; step < C::time_steps; step++) {
    integrate_all<C, false, P...>(acc, empty, acc, true, streams...);
    for (int turn = 0; turn < C::groups; turn++) {
      HLS_PIPELINE(1)
      const int group = C::groups == 1 ? 0 : turn;
      scores.write(total_of<C>(acc, empty, frame, frame_empty, group, step + 1));
    }
  }
}

enum Output { OUTPUT_LAST, OUTPUT_MAX, OUTPUT_SUM };

// One time step of all membranes; after the last one, or each, the scores are handed over.
template <class C>
HLS_INLINE void leaky_step(const typename C::acc_word_t acc[C::groups], bool empty,
                           const typename C::acc_word_t frame[C::groups], bool frame_empty, int step,
                           hls::stream<typename C::score_word_t>& scores) {
  static ap_uint<C::lanes * C::state_t::width> membrane[C::groups];
  static typename C::score_word_t kept[C::groups];
  for (int turn = 0; turn < C::groups; turn++) {
    HLS_PIPELINE(1)
    HLS_INDEPENDENT(membrane)
    HLS_INDEPENDENT(kept)
    const int group = C::groups == 1 ? 0 : turn;
    const typename C::acc_word_t sums =
        numbers_of<C>(empty ? start_of<C>(frame, frame_empty, group) : acc[group]);
    const ap_uint<C::lanes * C::state_t::width> states = membrane[group];
    const typename C::score_word_t before = kept[group];
    const ap_uint<C::lanes * C::bias_t::width> biases =
        rom_word<typename C::input_biases, C::lanes * C::bias_t::width>(group);
    ap_uint<C::lanes * C::state_t::width> next_states = 0;
    typename C::score_word_t next = 0;
    HLS_UNROLL_BEFORE
    for (int lane = 0; lane < C::lanes; lane++) {
      HLS_UNROLL_INSIDE
      typename C::state_t u = get_lane<typename C::acc_t>(sums, lane);
      u = (u << C::state_frac_bits) + get_lane<typename C::bias_t>(biases, lane);
      if (step > 0) {
        const typename C::state_t state = get_lane<typename C::state_t>(states, lane);
        u += leaked<C::leak_shift>(state, ap_uint<C::leak_shift + 2>(C::leak_multiplier));
      }
      const typename C::score_t earlier = get_lane<typename C::score_t>(before, lane);
      typename C::score_t score = u;
      if (step > 0 && C::output == OUTPUT_MAX && earlier > score) score = earlier;
      if (step > 0 && C::output == OUTPUT_SUM) score += earlier;
      put_lane(next_states, lane, u);
      put_lane(next, lane, score);
    }
    membrane[group] = next_states;
    kept[group] = next;
    if (C::every_step || step == C::time_steps - 1) scores.write(next);
  }
}

template <class C, class... P>
HLS_INLINE void leaky_readout(hls::stream<typename C::score_word_t>& scores, typename P::stream_t&... streams) {
  typename C::acc_word_t acc[C::groups];
  typename C::acc_word_t frame[C::groups];
  bool empty = true;
  bool frame_empty = true;
  if (C::all_frames) integrate_all<C, true, P...>(acc, empty, acc, true, streams...);
  if (C::holds_frame) integrate_all<C, true, P...>(frame, frame_empty, frame, true, streams...);
  for (int step = 0; step < C::time_steps; step++) {
    if (!C::all_frames) {
      empty = true;
      integrate_all<C, false, P...>(acc, empty, frame, frame_empty, streams...);
    }
    leaky_step<C>(acc, empty, frame, frame_empty, step, scores);
  }
}

// Which word of a row of scores is sent: of the only row, or of one after the other.
template <class C, bool EVERY_STEP>
struct Row {
  static const int count = 1;
  HLS_INLINE int word(int index) const { return index; }
  HLS_INLINE bool ends(int index) const { return index == C::score_words - 1; }
  HLS_INLINE void next() {}
};

template <class C>
struct Row<C, true> {
  static const int count = C::time_steps;
  typename C::row_index_t place;
  HLS_INLINE Row() : place(0) {}
  HLS_INLINE int word(int) const { return place; }
  HLS_INLINE bool ends(int) const { return place == C::score_words - 1; }
  HLS_INLINE void next() { place = place == C::score_words - 1 ? 0 : int(place) + 1; }
};

// Several scores in each word of the port, the last one of a row padded with zeros; a word of sums holds those of a
// whole number of words, or of all.
template <class C>
HLS_INLINE void send_scores(hls::stream<typename C::score_word_t>& scores, AxisStream<32 * C::scores_in_word>& out) {
  const int word_bits = 32 * C::scores_in_word;
  const int taken_bits = C::scores_in_word * C::score_t::width;
  typedef Row<C, C::every_step> row_t;
  const int words = row_t::count * C::score_words;
  row_t row;
  typename C::score_word_t sums;
  typename C::lane_index_t lane = 0;
  for (int index = 0; index < words; index++) {
    HLS_PIPELINE(1)
    if (lane == 0) sums = scores.read();
    const ap_uint<word_bits> biases = rom_word<typename C::biases, word_bits>(index);
    const ap_uint<5 * C::scores_in_word> shifts =
        rom_word<typename C::shifts, 5 * C::scores_in_word>(row.word(index));
    const ap_uint<taken_bits> taken = sums;
    ap_uint<word_bits> word = 0;
    HLS_UNROLL_BEFORE
    for (int place = 0; place < C::scores_in_word; place++) {
      HLS_UNROLL_INSIDE
      const ap_int<32> sum = get_lane<typename C::score_t>(taken, place);
      const ap_int<32> bias = get_lane<ap_int<32> >(biases, place);
      const ap_int<32> score = (sum << get_lane<ap_uint<5> >(shifts, place)) + bias;
      put_lane(word, place, score);
    }
    out.write(axis_word<word_bits>(word, index == words - 1));
    sums >>= taken_bits;
    const bool row_ends = C::every_step && row.ends(index);
    lane = row_ends || int(lane) + C::scores_in_word >= C::lanes ? 0 : int(lane) + C::scores_in_word;
    row.next();
  }
}

// Early exit: after each time step the largest score minus the second largest is compared with a threshold of that
// step. Where it first reaches it the scores are sent, and as the last word how many time steps were used; the
// threshold of the last step is 0. What comes later is read and dropped, so that the next inference starts with its own.
// Words of the port hold one score.
//
// Config C: as above with every_step, and margins (ROM of a threshold of 33 bits for each time step), score_index_t
//           (0..time_steps * score_words).
template <class C>
HLS_INLINE void exit_scores(hls::stream<typename C::score_word_t>& scores, AxisStream<32>& out) {
  ap_int<32> kept[C::score_words];
  bool decided = false;
  typename C::score_index_t row = 0;  // of the biases
  for (int step = 0; step < C::time_steps; step++) {
    typename C::score_word_t sums;
    typename C::lane_index_t lane = 0;
    ap_int<32> best = 0;
    ap_int<32> second = 0;
    for (int index = 0; index < C::score_words; index++) {
      HLS_PIPELINE(1)
      if (lane == 0) sums = scores.read();
      const ap_uint<C::score_t::width> taken = sums;
      const ap_int<32> sum = get_lane<typename C::score_t>(taken, 0);
      const ap_int<32> bias = rom_word<typename C::biases, 32>(row);
      const ap_int<32> score = (sum << rom_word<typename C::shifts, 5>(index)) + bias;
      kept[index] = score;
      const bool wins = index == 0 || score > best;
      if (index == 1 || (index > 1 && score > second)) second = score;
      if (index > 0 && wins) second = best;
      if (wins) best = score;
      sums >>= C::score_t::width;
      lane = lane == C::lanes - 1 || index == C::score_words - 1 ? 0 : int(lane) + 1;
      row = row + 1;
    }
    const ap_uint<33> margin = ap_int<34>(best) - ap_int<34>(second);
    const bool exits = !decided && margin >= rom_word<typename C::margins, 33>(step);
    if (exits) decided = true;
    const int sent = exits ? C::score_words + 1 : 0;
    for (int index = 0; index < sent; index++) {
      HLS_PIPELINE(1)
      const bool last = index == C::score_words;
      const ap_int<32> score = kept[last ? 0 : index];
      out.write(axis_word<32>(last ? ap_uint<32>(step + 1) : ap_uint<32>(score), last));
    }
  }
}

}  // namespace asn
#endif
