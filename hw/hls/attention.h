// Attention over time steps: a memory k^T v that is kept from step to step, and q times it; head by head.
//
// collect_values makes one packed word of the values of a time step, while the step before is worked on. `attend`
// takes that word, then a key a cycle: each adds its count times the values of its head to its own row of the memory.
// Then a query a cycle: each adds its count times its row of the memory to the sums of its head, which leave once all
// queries of the head are in: a packed word for each head, from which `compress` makes events.
//
// The memory is never cleared: a bit for each row says whether this inference has stored it.
//
// Config C: heads, head_size, rows (heads * head_size), time_steps, fire_lanes (head_size), fire_groups (heads),
//           key_event, value_event, query_event (Event<...>), memory_t, row_word_t (head_size of these),
//           values_word_t (rows counts of value_event), head_index_t (0..heads), step_index_t (0..time_steps-1),
//           count_t (a sum), counts_word_t (head_size of these).
#ifndef ASN_ATTENTION_H
#define ASN_ATTENTION_H

#include "choice.h"
#include "event.h"
#include "lanes.h"

#include <hls_stream.h>

namespace asn {

template <class C>
HLS_INLINE void collect_values(hls::stream<typename C::value_event::word_t>& events,
                               hls::stream<typename C::values_word_t>& values) {
  typedef typename C::value_event event_t;
  typename C::values_word_t found = 0;
  typename C::step_index_t step = 0;
  while (true) {
    HLS_PIPELINE(1)
    const event_t event = event_t::unpack(events.read());
    typename C::values_word_t next = found;
    HLS_UNROLL_BEFORE
    for (int lane = 0; lane < C::rows; lane++) {
      HLS_UNROLL_INSIDE
      if (event.address == lane) put_lane(next, lane, event.count);  // each address comes once at most
    }
    if (event.end) values.write(found);
    found = event.end ? typename C::values_word_t(0) : next;
    if (event.end && step == C::time_steps - 1) break;
    if (event.end) step = step + 1;
  }
}

// The head that an address belongs to.
template <class C, class ADDRESS>
HLS_INLINE typename C::head_index_t head_of(const ADDRESS& address) {
  typename C::head_index_t head = 0;
  HLS_UNROLL_BEFORE
  for (int next = 1; next < C::heads; next++) {
    HLS_UNROLL_INSIDE
    if (address >= next * C::head_size) head = next;
  }
  return head;
}

// `row` + count * factors, lane by lane: lanes of SUM and of FACTOR.
template <class SUM, class FACTOR, int LANES, class COUNT>
HLS_INLINE ap_uint<LANES * SUM::width> with_products(const ap_uint<LANES * SUM::width>& row, const COUNT& count,
                                                     const ap_uint<LANES * FACTOR::width>& factors) {
  ap_uint<LANES * SUM::width> result = 0;
  HLS_UNROLL_BEFORE
  for (int lane = 0; lane < LANES; lane++) {
    HLS_UNROLL_INSIDE
    const SUM sum = get_lane<SUM>(row, lane) + get_lane<FACTOR>(factors, lane) * count;
    put_lane(result, lane, sum);
  }
  return result;
}

template <class C>
HLS_INLINE void attend(hls::stream<typename C::counts_word_t>& sums, hls::stream<typename C::values_word_t>& values,
                       hls::stream<typename C::query_event::word_t>& queries,
                       hls::stream<typename C::key_event::word_t>& keys) {
  typedef typename C::key_event key_t;
  typedef typename C::query_event query_t;
  typedef typename C::value_event::count_t value_t;
  typedef typename C::head_index_t head_t;
  typename C::row_word_t memory[C::rows];
  ap_uint<C::rows> stored = 0;
  typename C::values_word_t value = 0;
  typename C::counts_word_t sum = 0;  // of the head whose queries come
  query_t query = query_t::unpack(0);
  head_t head = 0;
  typename C::step_index_t step = 0;
  bool begins = true;  // a time step
  bool asks = false;   // all of its keys are stored
  bool waits = false;  // the query, until the heads before its own have left
  while (true) {
    HLS_PIPELINE(1)
    HLS_BYPASS(memory)
    key_t key = key_t::unpack(0);
    if (begins) value = values.read();
    if (!asks) key = key_t::unpack(keys.read());
    if (asks && !waits) query = query_t::unpack(queries.read());
    const ap_uint<key_t::address_bits> row = asks ? query.address : key.address;
    const typename C::row_word_t held = memory[row];
    const typename C::row_word_t remembered = stored[row] == 1 ? held : typename C::row_word_t(0);

    if (!asks && !key.end) {
      const ap_uint<C::head_size * value_t::width> own =
          Choice<C::heads, C::head_size * value_t::width>::of(value, head_of<C>(key.address));
      memory[row] = with_products<typename C::memory_t, value_t, C::head_size>(remembered, key.count, own);
      stored |= ap_uint<C::rows>(1) << row;
    }

    const head_t wanted = head_of<C>(query.address);
    const bool is_last = head == C::heads - 1;
    const bool leaves = asks && (query.end || wanted != head);
    const bool taken = query.end ? is_last : wanted == head || wanted == head + 1;
    const bool ends = asks && query.end && is_last;
    if (leaves) sums.write(sum);
    const typename C::counts_word_t start = leaves ? typename C::counts_word_t(0) : sum;
    const bool adds = asks && taken && !query.end;
    sum = adds ? with_products<typename C::count_t, typename C::memory_t, C::head_size>(start, query.count, remembered)
               : start;
    head = ends ? head_t(0) : head_t(head + leaves);
    waits = asks && !taken;
    begins = ends;
    asks = asks ? !ends : key.end;
    if (ends && step == C::time_steps - 1) break;
    if (ends) step = step + 1;
  }
}

}  // namespace asn
#endif
