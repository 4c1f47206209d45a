// gather: the sums of an output pixel's channels in registers, and neurons that fire when they are complete. For each
// output pixel, group and time step the words of every projection are added, one projection after the other, one word
// a cycle; then a word of counts leaves. No memory is read and written, so nothing waits for a sum.
//
// Where all projections read frames, the sums are made once and fire at each time step. Where some do, their sums are
// held, and those of each time step start from them. Firings are `fire_interval` cycles apart or more.
//
// The projections are read in the order of the streams, that of the network with sources first.
//
// Config C, derived from PlainMap (starts.h): lanes, groups, time_steps, out_height, out_width, acc_t, acc_word_t,
//           counts_word_t, neurons (ThresholdsOnly<C>, InRegisters<C> or NoNeurons<C>) and what firing.h and starts.h ask
//           for.
// Projections P: see projections.h; one for each stream.
#ifndef ASN_MAPS_GATHER_H
#define ASN_MAPS_GATHER_H

#include "../outputs.h"
#include "firing.h"
#include "projections.h"
#include "starts.h"

namespace asn {

// COUNTS, CURRENTS: the streams of counts and of sums, or Nothing. CARRIED: the stream of another layer's current, of
// which each word is what a word of sums starts from, or NoCurrent.
template <class C, class COUNTS, class CURRENTS, class CARRIED, class... P>
HLS_INLINE void gather_with_currents(COUNTS& counts, CURRENTS& currents, CARRIED& carried,
                                     typename P::stream_t&... streams) {
  typedef Projections<C, P...> projections_t;
  const int count = sizeof...(P);
  const int frames = projections_t::frames;
  const bool all_frames = C::time_steps > 1 && frames == count;
  const bool holds_frame = C::time_steps > 1 && frames > 0 && !all_frames;
  typename C::acc_word_t acc;   // without first values: registers need no reset
  typename C::acc_word_t held;  // the sums of frames
  projections_t projections;
  typename C::neurons neurons;
  Turn<C> turn;
  bool fresh = true;      // nothing is added yet
  bool is_added = false;  // everything is, and is to fire
  ap_uint<bits_for(count)> which = 0;
  ap_uint<bits_for(C::time_steps)> step = 0;
  ap_uint<bits_for(C::fire_interval)> rest = 0;  // cycles until neurons may fire
  while (true) {
    HLS_PIPELINE(1)
    const bool reads = !is_added;
    if (reads) projections.read(which, turn.group, streams...);
    const bool is_held = holds_frame && which >= frames;
    const typename C::acc_word_t constant = is_held ? held : turn.border();
    const typename C::acc_word_t start = with_carried<C>(constant, carried, fresh && (!holds_frame || is_held));
    typename C::acc_word_t sums = 0;
    HLS_UNROLL_BEFORE
    for (int lane = 0; lane < C::lanes; lane++) {
      HLS_UNROLL_INSIDE
      const typename C::acc_t before = get_lane<typename C::acc_t>(acc, lane);
      typename C::acc_t sum = fresh ? get_lane<typename C::acc_t>(start, lane) : before;
      if (reads) sum += projections.addend(which, lane);
      put_lane(sums, lane, sum);
    }
    acc = sums;
    const bool ends = reads && projections.last(which);
    const bool complete = !reads || (ends && which == count - 1);
    const bool fires = complete && rest == 0;
    const bool step_ends = step == C::time_steps - 1;
    const typename C::counts_word_t fired =
        neurons.fire(sums, C::groups == 1 ? 0 : int(turn.group), step == 0, fires);
    if (fires) counts.write(fired);
    if (fires && (!all_frames || step == 0)) currents.write(sums);

    const bool frames_end = holds_frame && ends && which == frames - 1;
    if (frames_end) held = sums;
    if (ends) which = which == count - 1 ? (holds_frame && !step_ends ? frames : 0) : int(which) + 1;
    const bool is_done = fires && (!all_frames || step_ends);
    fresh = is_done || frames_end;
    is_added = complete && !is_done;
    rest = fires ? C::fire_interval - 1 : rest == 0 ? 0 : int(rest) - 1;
    if (fires) step = step_ends ? 0 : int(step) + 1;
    if (fires && step_ends && turn.is_last()) break;
    if (fires && step_ends) turn.next();
  }
}

template <class C, class... P>
HLS_INLINE void gather(hls::stream<typename C::counts_word_t>& counts, typename P::stream_t&... streams) {
  Nothing currents;
  NoCurrent carried;
  gather_with_currents<C, hls::stream<typename C::counts_word_t>, Nothing, NoCurrent, P...>(counts, currents, carried,
                                                                                            streams...);
}

}  // namespace asn
#endif
