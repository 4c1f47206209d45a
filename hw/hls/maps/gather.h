// gather: the sums of an output pixel's channels in registers, and neurons that fire when they are complete.
// For each output pixel, group and time step the words of every projection are added, one projection after
// the other, one word a cycle; then a word of counts leaves, while the first word of what follows is added.
// No memory is read and written, so nothing waits for a sum.
//
// Where all projections read frames, the sums are made once and fire at each time step. Where some do, their
// sums are held, and those of each time step start from them. Firings are `fire_interval` cycles apart or
// more.
//
// The projections are read in the order of the streams, that of the network with sources first.
//
// Config C, derived from PlainMap (starts.h): lanes, groups, time_steps, out_height, out_width, acc_t,
//           acc_word_t, counts_word_t, neurons (ThresholdsOnly<C>, InRegisters<C>, InMemory<C>, SumsAsCounts<C>
//           or NoNeurons<C>) and what accumulators.h, firing.h and starts.h ask for.
// Projections P: see projections.h; one for each stream.
#ifndef ASN_MAPS_GATHER_H
#define ASN_MAPS_GATHER_H

#include "../outputs.h"
#include "accumulators.h"
#include "firing.h"
#include "projections.h"
#include "starts.h"

namespace asn {

// COUNTS, CURRENTS: the streams of counts and of sums, or Nothing. CARRIED: the stream of another layer's
// current, of which each word is what a word of sums starts from, or NoCurrent.
template <class C, class COUNTS, class CURRENTS, class CARRIED, class... P>
HLS_INLINE void gather_with_currents(COUNTS& counts, CURRENTS& currents, CARRIED& carried,
                                     typename P::stream_t&... streams) {
  typedef Projections<C, P...> projections_t;
  const int count = sizeof...(P) == 0 ? 1 : sizeof...(P);  // a current alone is complete at once
  const int frames = sizeof...(P) == 0 ? int(C::carried_is_frame) : projections_t::frames;
  const bool all_frames = C::time_steps > 1 && frames == count;
  const bool holds_frame = C::time_steps > 1 && frames > 0 && !all_frames;
  const bool carried_once = C::time_steps > 1 && C::carried_is_frame;
  const int turns = C::out_height * C::out_width * C::groups;
  const int read_steps = all_frames ? 1 : C::time_steps;  // for which events come
  Accumulators<C> acc;
  HLS_SCALARS(acc.pair_sums)
  HLS_SCALARS(acc.single_sums)
  typename C::acc_word_t held;  // the sums of frames; without a first value
  Carried<C, CARRIED> current;
  projections_t projections;
  typename C::neurons neurons;
  Turn<C> turn;            // of what is read
  bool fresh = true;       // nothing of it is added yet
  bool is_ready = false;   // sums are complete, and to fire
  bool all_read = false;
  ap_uint<bits_for(count)> which = 0;
  ap_uint<bits_for(read_steps)> read_step = 0;
  ap_uint<bits_for(C::time_steps)> step = 0;     // of the next firing
  ap_uint<bits_for(C::groups)> group = 0;        // of the sums that are complete
  ap_uint<bits_for(turns)> turn_number = 0;      // of them, in raster order
  ap_uint<bits_for(C::fire_interval)> rest = 0;  // cycles until neurons may fire
  while (true) {
    HLS_PIPELINE(1)
    const bool fires = is_ready && rest == 0;
    const bool last_step = step == C::time_steps - 1;
    const bool is_done = fires && (!all_frames || last_step);  // with these sums
    const bool reads = !all_read && (!is_ready || is_done);
    const typename C::acc_word_t sums = acc.value();
    const typename C::counts_word_t fired =
        neurons.fire(sums, Neurons(C::groups == 1 ? 0 : int(group), turn_number), step == 0, fires);

    const bool is_held = holds_frame && which >= frames;
    const typename C::acc_word_t constant = is_held ? held : turn.border();
    const bool starts = reads && fresh;
    const bool adds_current = starts && (!holds_frame || is_held != carried_once);
    const bool reads_current = adds_current && (!carried_once || holds_frame || read_step == 0);
    const typename C::acc_word_t start = current.onto(constant, carried, adds_current, reads_current);
    if (reads) projections.read(which, turn.group, streams...);
    if (reads) acc.add(projections, which, fresh, start);
    if (fires) counts.write(fired);
    if (fires && (!all_frames || step == 0)) currents.write(sums);
    if (is_done && all_read) break;

    const bool ends = reads && projections.last(which);
    const bool frames_end = holds_frame && ends && which == frames - 1;
    const bool complete = ends && which == count - 1;
    const bool read_steps_end = read_step == read_steps - 1;
    if (frames_end) held = acc.value();
    if (reads) fresh = complete || frames_end;
    is_ready = complete || (is_ready && !is_done);
    rest = fires ? C::fire_interval - 1 : rest == 0 ? 0 : int(rest) - 1;
    if (fires) step = last_step ? 0 : int(step) + 1;
    if (fires && last_step) turn_number = turn_number + 1;
    if (ends) which = which == count - 1 ? (holds_frame && !read_steps_end ? frames : 0) : int(which) + 1;
    if (complete) {
      group = turn.group;
      read_step = read_steps_end ? 0 : int(read_step) + 1;
      all_read = read_steps_end && turn.is_last();
      if (read_steps_end) turn.next();
    }
  }
}

template <class C, class... P>
HLS_INLINE void gather(hls::stream<typename C::counts_word_t>& counts, typename P::stream_t&... streams) {
  Nothing currents;
  NoCurrent carried;
  typedef hls::stream<typename C::counts_word_t> counts_t;
  gather_with_currents<C, counts_t, Nothing, NoCurrent, P...>(counts, currents, carried, streams...);
}

}  // namespace asn
#endif
