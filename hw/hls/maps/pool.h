// pool: the largest, smallest or added-up counts of windows, of each channel by itself. A word a cycle; the
// map is not stored, but for each output column and word of a pixel the windows of the rows that are still
// open.
//
// Windows of a kernel K at stride S overlap: a column (or row) belongs to the ceil(K / S) windows that began
// last, the *open* ones. Each is an accumulator; all of them move on by one when the next window begins, and
// the oldest is complete at its last column. What is beyond the map is left out of largest and smallest
// counts, and adds 0.
//
// Config L: input (config M of raster.h), kernel_height, kernel_width, stride_height, stride_width, pad_top,
//           pad_left (less than the kernel), out_height, out_width, operation, count_t (of the output, not
//           narrower than that of the input), word_t, stream_t (of the output), minima (ROM of `lanes` bits a
//           group: of these channels the smallest count is wanted) if operation is POOL_MIXED, else NoRom.
// Windows that share a map out, of sizes that may differ, are those of shared_pool.h.
#ifndef ASN_MAPS_POOL_H
#define ASN_MAPS_POOL_H

#include "../lanes.h"
#include "raster.h"

namespace asn {

enum Pool { POOL_MAX, POOL_MIN, POOL_SUM, POOL_MIXED };

// Windows along one axis: how many are open, and where the next column (or row) lies in them.
template <int SIZE, int KERNEL, int STRIDE, int PAD, int OUT>
struct OpenWindows {
  static const int open = (KERNEL + STRIDE - 1) / STRIDE;
  static const int last_place = (KERNEL - 1) % STRIDE;  // in the newest window, where the oldest ends
  static const int kept = larger_of(last_place == 0 ? open - 1 : open, 1);    // from one column to the next
  static const int end = larger_of(SIZE, (OUT - 1) * STRIDE + KERNEL - PAD);  // with what is beyond the map
  static const int first_oldest = PAD / STRIDE - (open - 1);
  static const int newest_of_all = (end - 1 + PAD) / STRIDE;

  ap_uint<bits_for(end)> index;
  ap_uint<bits_for(STRIDE)> place;  // in the newest window
  ap_int<signed_bits_for(first_oldest, newest_of_all)> oldest;

  HLS_INLINE OpenWindows() { restart(); }

  HLS_INLINE void restart() {
    index = 0;
    place = PAD % STRIDE;
    oldest = first_oldest;
  }
  // Whether this is the first column that window number `window`, 0 the newest, may hold.
  HLS_INLINE bool is_first_of(int window) const { return index == 0 || (window == 0 && begins()); }
  HLS_INLINE bool is_last() const { return index == end - 1; }
  HLS_INLINE bool inside() const { return end == SIZE || index < SIZE; }
  HLS_INLINE bool begins() const { return place == 0; }
  // Whether window number `window`, 0 the newest, holds this column.
  HLS_INLINE bool covered_by(int window) const { return int(place) + window * STRIDE < KERNEL; }
  HLS_INLINE bool completes() const { return place == last_place && oldest >= 0 && oldest < OUT; }

  HLS_INLINE void next() {
    const bool ends = place == STRIDE - 1;
    index = index + 1;
    place = ends ? 0 : int(place) + 1;
    if (ends) oldest = oldest + 1;
  }
};

// COLUMNS, ROWS: the windows along both axes.
template <class L, class COLUMNS, class ROWS>
struct Pooling {
  typedef typename L::input M;
  typedef typename L::word_t word_t;
  static const int pixel_words = M::groups * M::time_steps;
  static const int row_words = L::out_width * pixel_words;

  // Two words of results as one, lane by lane.
  static HLS_INLINE word_t combined(const word_t& a, const word_t& b, const ap_uint<M::lanes>& minima) {
    word_t result = 0;
    HLS_UNROLL_BEFORE
    for (int lane = 0; lane < M::lanes; lane++) {
      HLS_UNROLL_INSIDE
      const typename L::count_t x = get_lane<typename L::count_t>(a, lane);
      const typename L::count_t y = get_lane<typename L::count_t>(b, lane);
      const bool wants_less = L::operation == POOL_MIN || (L::operation == POOL_MIXED && minima[lane] == 1);
      const typename L::count_t chosen = (x < y) == wants_less ? x : y;
      put_lane(result, lane, L::operation == POOL_SUM ? typename L::count_t(x + y) : chosen);
    }
    return result;
  }

  // The input's counts in lanes of the output's width.
  static HLS_INLINE word_t widened(const typename M::word_t& word) {
    word_t result = 0;
    HLS_UNROLL_BEFORE
    for (int lane = 0; lane < M::lanes; lane++) {
      HLS_UNROLL_INSIDE
      put_lane(result, lane, typename L::count_t(get_lane<typename M::count_t>(word, lane)));
    }
    return result;
  }

  // What the windows that are open along one axis hold after a column or row, which adds `value` if it is
  // inside of the map. `kept`: what they held before, the newest first.
  template <class AXIS>
  static HLS_INLINE ap_uint<AXIS::open * word_t::width> stepped(
      const AXIS& axis, const ap_uint<AXIS::kept * word_t::width>& kept, const word_t& value,
      const ap_uint<M::lanes>& minima) {
    ap_uint<AXIS::open * word_t::width> results = 0;
    HLS_UNROLL_BEFORE
    for (int window = 0; window < AXIS::open; window++) {
      HLS_UNROLL_INSIDE
      const int still_at = smaller_of(window, AXIS::kept - 1);
      const word_t moved = window == 0 ? word_t(0) : get_lane<word_t>(kept, larger_of(window, 1) - 1);
      const word_t still = window < AXIS::kept ? get_lane<word_t>(kept, still_at) : word_t(0);
      const word_t old = axis.begins() ? moved : still;
      const word_t more = axis.is_first_of(window) ? value : combined(old, value, minima);
      put_lane(results, window, axis.inside() && axis.covered_by(window) ? more : old);
    }
    return results;
  }
};

template <class L, class COLUMNS, class ROWS>
HLS_INLINE void pool_windows(typename L::input::stream_t& words, typename L::stream_t& pooled) {
  typedef Pooling<L, COLUMNS, ROWS> K;
  typedef typename L::word_t word_t;
  // The open windows along a row, for each word of a pixel; those along columns, for each word of an output
  // row.
  static ap_uint<COLUMNS::kept * word_t::width> across[K::pixel_words];
  static ap_uint<ROWS::kept * word_t::width> down[K::row_words];
  COLUMNS column;
  ROWS row;
  ap_uint<bits_for(K::pixel_words)> word = 0;
  ap_uint<bits_for(L::input::groups)> group = 0;
  ap_uint<bits_for(L::input::time_steps)> step = 0;
  ap_uint<bits_for(K::row_words)> place = 0;
  while (true) {
    HLS_PIPELINE(1)
    HLS_DEPENDENCE_DISTANCE(across, K::pixel_words)
    HLS_DEPENDENCE_DISTANCE(down, K::row_words)
    const ap_uint<L::input::lanes> minima = rom_word<typename L::minima, L::input::lanes>(group);
    word_t value = 0;
    if (column.inside() && row.inside()) value = K::widened(words.read());
    const ap_uint<COLUMNS::open * word_t::width> columns = K::stepped(column, across[word], value, minima);
    across[word] = columns;
    const bool column_completes = column.completes();
    const ap_uint<ROWS::open * word_t::width> rows =
        K::stepped(row, down[place], get_lane<word_t>(columns, COLUMNS::open - 1), minima);
    if (column_completes) down[place] = rows;
    if (column_completes && row.completes()) pooled.write(get_lane<word_t>(rows, ROWS::open - 1));

    const bool pixel_ends = word == K::pixel_words - 1;
    const bool row_ends = pixel_ends && column.is_last();
    if (row_ends && row.is_last()) break;
    const bool group_ends = step == L::input::time_steps - 1;
    step = group_ends ? 0 : int(step) + 1;
    if (group_ends) group = pixel_ends ? 0 : int(group) + 1;
    word = pixel_ends ? 0 : int(word) + 1;
    if (column_completes) place = place == K::row_words - 1 ? 0 : int(place) + 1;
    if (pixel_ends) column.next();
    if (row_ends) column.restart();
    if (row_ends) row.next();
  }
}

template <class L>
HLS_INLINE void pool(typename L::input::stream_t& words, typename L::stream_t& pooled) {
  typedef typename L::input M;
  typedef OpenWindows<M::width, L::kernel_width, L::stride_width, L::pad_left, L::out_width> columns_t;
  typedef OpenWindows<M::height, L::kernel_height, L::stride_height, L::pad_top, L::out_height> rows_t;
  static_assert(L::pad_top < L::kernel_height && L::pad_left < L::kernel_width,
                "pad_top and pad_left must be less than the kernel");
  pool_windows<L, columns_t, rows_t>(words, pooled);
}

}  // namespace asn
#endif
