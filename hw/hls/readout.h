// The last layer has no neurons. readout accumulates all time steps and hands over packed sums; send_scores shifts
// each into the unit of the scores, adds the bias and sends one int32 score per class, TLAST on the last.
//
// Config C: classes, lanes, groups, time_steps, and what integrate.h asks for; biases (ROM of one int32 a class),
//           shifts (ROM of one left shift 0..31 a class, or Unshifted), lane_index_t (0..lanes-1),
//           class_index_t (0..classes).
#ifndef ASN_READOUT_H
#define ASN_READOUT_H

#include "axis.h"
#include "integrate.h"

namespace asn {

// In place of the ROM of shifts: all classes have the scale of the scores.
struct Unshifted {
  static HLS_INLINE unsigned long long word(int, int) { return 0; }
};

template <class C>
HLS_INLINE void readout(hls::stream<typename C::input_event::word_t>& events,
                        hls::stream<ap_uint<C::lanes * C::acc_t::width> >& scores) {
  static ap_uint<C::lanes * C::acc_t::width> acc[C::groups];
  bool empty = true;
  for (int step = 0; step < C::time_steps; step++) integrate<C>(events, acc, empty);
  for (int group = 0; group < C::groups; group++) {
    HLS_PIPELINE(1)
    scores.write(sums_of<C>(acc, empty, group));
  }
}

template <class C>
HLS_INLINE void send_scores(hls::stream<ap_uint<C::lanes * C::acc_t::width> >& scores, AxisStream& out) {
  ap_uint<C::lanes * C::acc_t::width> word = 0;
  typename C::lane_index_t lane = 0;
  for (int index = 0; index < C::classes; index++) {
    HLS_PIPELINE(1)
    if (lane == 0) word = scores.read();
    const ap_int<32> bias = rom_word<typename C::biases, 32>(index);
    const ap_uint<5> shift = rom_word<typename C::shifts, 5>(index);
    const ap_int<32> sum = get_lane<typename C::acc_t>(word, 0);
    const ap_int<32> score = (sum << shift) + bias;
    out.write(axis_word(score, index == C::classes - 1));
    word >>= C::acc_t::width;
    lane = lane == C::lanes - 1 ? 0 : int(lane) + 1;
  }
}

}  // namespace asn
#endif
