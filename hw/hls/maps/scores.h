// Attention without a softmax the other way round: (q k^T) v, of each head and time step by itself, exactly. It pays
// where there are fewer tokens than a head has channels.
//
// scores keeps the words of all keys. A word of a query meets that of each token: the products of all lanes are added
// up in one cycle, and those of the words of a head one after the other. scored_values keeps the words of all values,
// and adds score * value for each token. Both go through every token, whether its score is zero or not.
//
// A query's scores are sent head by head, of each head token by token, time steps innermost. Words hold the lanes of
// one head.
//
// Config S: tokens (of keys and values), pixels (of queries), heads, parts (words of a head's queries, of its keys),
//           lanes, time_steps, queries, keys (configs M of raster.h of equal lanes), score_t, score_stream_t.
// Config V: tokens, pixels, heads, parts (words of a head's values), lanes, time_steps, values, output (configs M of
//           raster.h of equal lanes), score_t, score_stream_t.
#ifndef ASN_MAPS_SCORES_H
#define ASN_MAPS_SCORES_H

#include "../lanes.h"
#include "raster.h"

namespace asn {

// Where a query is: at which words of a head, of which token, of which head. Config K: S or V.
template <class K>
struct Meeting {
  static const int words = K::parts * K::time_steps;  // of a head
  static const int pixel_words = K::heads * words;
  static const int stored = K::tokens * pixel_words;

  ap_uint<bits_for(words)> word;
  ap_uint<bits_for(K::tokens)> token;
  ap_uint<bits_for(K::heads)> head;
  ap_uint<bits_for(K::pixels)> pixel;
  ap_uint<bits_for(stored)> first;  // of the words that are kept: those of this head and token
  ap_uint<bits_for(stored)> head_first;

  HLS_INLINE Meeting() : word(0), token(0), head(0), pixel(0), first(0), head_first(0) {}

  HLS_INLINE int address() const { return stored == 1 ? 0 : int(ap_uint<bits_for(stored)>(first + word)); }
  HLS_INLINE int of_head() const { return words == 1 ? 0 : int(word); }
  HLS_INLINE bool first_part() const { return K::parts == 1 || word < K::time_steps; }
  HLS_INLINE bool last_part() const { return K::parts == 1 || word >= words - K::time_steps; }
  HLS_INLINE bool first_token() const { return K::tokens == 1 || token == 0; }
  HLS_INLINE bool last_token() const { return K::tokens == 1 || token == K::tokens - 1; }
  HLS_INLINE bool is_last() const {
    return word == words - 1 && last_token() && head == K::heads - 1 && pixel == K::pixels - 1;
  }
  HLS_INLINE void next() {
    const bool token_ends = word == words - 1;
    const bool head_ends = token_ends && last_token();
    const bool pixel_ends = head_ends && head == K::heads - 1;
    word = token_ends ? 0 : int(word) + 1;
    if (token_ends) first = first + pixel_words;
    if (token_ends) token = token + 1;
    if (!head_ends) return;
    token = 0;
    head = pixel_ends ? 0 : int(head) + 1;
    head_first = pixel_ends ? 0 : int(head_first) + words;
    first = head_first;
    if (pixel_ends) pixel = pixel + 1;
  }
};

// The words of all tokens, in the order in which they come.
template <class K, class WORD>
HLS_INLINE void keep_tokens(hls::stream<WORD>& words, WORD stored[Meeting<K>::stored]) {
  for (int index = 0; index < Meeting<K>::stored; index++) {
    HLS_PIPELINE(1)
    HLS_INDEPENDENT(stored)
    stored[index] = words.read();
  }
}

template <class S>
HLS_INLINE void scores(typename S::queries::stream_t& queries, typename S::keys::stream_t& keys,
                       typename S::score_stream_t& scored) {
  typedef typename S::queries::word_t query_word_t;
  typedef typename S::keys::word_t key_word_t;
  typedef typename S::score_t score_t;
  typedef Meeting<S> meeting_t;
  static key_word_t stored[meeting_t::stored];
  static query_word_t held[meeting_t::words];  // of the query, those of the head
  keep_tokens<S, key_word_t>(keys, stored);

  meeting_t meeting;
  ap_uint<score_t::width * S::time_steps> sums = 0;  // of the words so far, the time step that is next in the low bits
  while (true) {
    HLS_PIPELINE(1)
    HLS_DEPENDENCE_DISTANCE(held, meeting_t::words)
    query_word_t query = S::tokens == 1 ? query_word_t(0) : held[meeting.of_head()];
    if (meeting.first_token()) query = queries.read();
    if (S::tokens > 1) held[meeting.of_head()] = query;
    const key_word_t key = stored[meeting.address()];
    score_t product = 0;
    HLS_UNROLL_BEFORE
    for (int lane = 0; lane < S::lanes; lane++) {
      HLS_UNROLL_INSIDE
      product += score_t(get_lane<typename S::queries::count_t>(query, lane) *
                         get_lane<typename S::keys::count_t>(key, lane));
    }
    const score_t before = meeting.first_part() ? score_t(0) : get_lane<score_t>(sums, 0);
    const score_t score = before + product;
    ap_uint<score_t::width * S::time_steps> turned = S::time_steps == 1 ? sums ^ sums : sums >> score_t::width;
    put_lane(turned, S::time_steps - 1, score);
    sums = turned;
    if (meeting.last_part()) scored.write(score);
    if (meeting.is_last()) break;
    meeting.next();
  }
}

template <class V>
HLS_INLINE void scored_values(typename V::score_stream_t& scored, typename V::values::stream_t& values,
                              typename V::output::stream_t& sums) {
  typedef typename V::values::word_t value_word_t;
  typedef typename V::output::word_t sum_word_t;
  typedef typename V::output::count_t sum_t;
  typedef typename V::score_t score_t;
  typedef Meeting<V> meeting_t;
  static value_word_t stored[meeting_t::stored];
  static sum_word_t held[meeting_t::words];  // sums of the tokens so far, of the head
  keep_tokens<V, value_word_t>(values, stored);

  meeting_t meeting;
  ap_uint<score_t::width * V::time_steps> kept = 0;  // scores, that of the time step that is next in the low bits
  while (true) {
    HLS_PIPELINE(1)
    HLS_BYPASS(held)
    score_t score = get_lane<score_t>(kept, 0);
    if (meeting.first_part()) score = scored.read();
    ap_uint<score_t::width * V::time_steps> turned = V::time_steps == 1 ? kept ^ kept : kept >> score_t::width;
    put_lane(turned, V::time_steps - 1, score);
    kept = turned;
    const value_word_t value = stored[meeting.address()];
    const sum_word_t before = held[meeting.of_head()];
    sum_word_t sum = 0;
    HLS_UNROLL_BEFORE
    for (int lane = 0; lane < V::lanes; lane++) {
      HLS_UNROLL_INSIDE
      const sum_t product = score * get_lane<typename V::values::count_t>(value, lane);
      const sum_t so_far = meeting.first_token() ? sum_t(0) : get_lane<sum_t>(before, lane);
      put_lane(sum, lane, sum_t(so_far + product));
    }
    held[meeting.of_head()] = sum;
    if (meeting.last_token()) sums.write(sum);
    if (meeting.is_last()) break;
    meeting.next();
  }
}

}  // namespace asn
#endif
