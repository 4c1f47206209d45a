// upsample: a larger map. Each pixel stands several times side by side, and each row several times below itself;
// or once, with zeros between its neighbours and it. A word a cycle; of copies the last row is kept.
//
// Config U: input, output (configs M of raster.h, of equal lanes, groups and time_steps; counts of the output are
//           not narrower), factor_height, factor_width, with_zeros (zeros instead of copies; then the output
//           ends with the last pixel), fill (the count that stands for 0), last_lanes (of the last group, that
//           have a channel).
#ifndef ASN_MAPS_UPSAMPLE_H
#define ASN_MAPS_UPSAMPLE_H

#include "../lanes.h"
#include "raster.h"

namespace asn {

// The input's counts in lanes of the output's width.
template <class U>
HLS_INLINE typename U::output::word_t as_output(const typename U::input::word_t& word) {
  typename U::output::word_t result = 0;
  HLS_UNROLL_BEFORE
  for (int lane = 0; lane < U::input::lanes; lane++) {
    HLS_UNROLL_INSIDE
    put_lane(result, lane,
             typename U::output::count_t(get_lane<typename U::input::count_t>(word, lane)));
  }
  return result;
}

// A word of zeros: lanes without a channel hold a count of 0, whatever stands for the value 0.
template <class U>
HLS_INLINE typename U::output::word_t zeros_of(bool is_last_group) {
  typename U::output::word_t result = 0;
  HLS_UNROLL_BEFORE
  for (int lane = 0; lane < U::input::lanes; lane++) {
    HLS_UNROLL_INSIDE
    const bool has_channel = lane < U::last_lanes || !is_last_group;
    put_lane(result, lane, typename U::output::count_t(has_channel ? int(U::fill) : 0));
  }
  return result;
}

template <class U>
HLS_INLINE void upsample(typename U::input::stream_t& words, typename U::output::stream_t& larger) {
  typedef typename U::input M;
  typedef typename M::word_t word_t;
  const int pixel_words = M::groups * M::time_steps;
  const int row_words = M::width * pixel_words;
  const int out_row_words = U::output::width * pixel_words;
  static word_t pixel[pixel_words];
  static word_t row[row_words];
  ap_uint<bits_for(out_row_words)> index = 0;  // of the word, in its row of the output
  ap_uint<bits_for(pixel_words)> word = 0;     // of the pixel
  ap_uint<bits_for(M::time_steps)> step = 0;
  ap_uint<bits_for(M::groups)> group = 0;
  ap_uint<bits_for(row_words + pixel_words)> first = 0;  // word of the pixel, in its row of the input
  ap_uint<bits_for(U::factor_width)> column_copy = 0;
  ap_uint<bits_for(U::factor_height)> row_copy = 0;
  for (int count = 0; count < U::output::height * out_row_words; count++) {
    HLS_PIPELINE(1)
    HLS_DEPENDENCE_DISTANCE(pixel, pixel_words)
    HLS_DEPENDENCE_DISTANCE(row, out_row_words)
    const bool is_new = row_copy == 0 && column_copy == 0;
    typename U::output::word_t sent = zeros_of<U>(group == M::groups - 1);
    if (U::with_zeros) {
      if (is_new) sent = as_output<U>(words.read());
    } else {
      word_t found = row_copy == 0 ? pixel[word] : row[first + word];
      if (is_new) found = words.read();
      if (is_new) pixel[word] = found;
      if (is_new) row[first + word] = found;
      sent = as_output<U>(found);
    }
    larger.write(sent);

    const bool group_ends = step == M::time_steps - 1;
    const bool pixel_ends = word == pixel_words - 1;
    const bool copies_end = pixel_ends && column_copy == U::factor_width - 1;
    const bool row_ends = index == out_row_words - 1;
    step = group_ends ? 0 : int(step) + 1;
    if (group_ends) group = pixel_ends ? 0 : int(group) + 1;
    word = pixel_ends ? 0 : int(word) + 1;
    index = row_ends ? 0 : int(index) + 1;
    if (pixel_ends) column_copy = copies_end || row_ends ? 0 : int(column_copy) + 1;
    if (copies_end) first = first + pixel_words;
    if (row_ends) first = 0;
    if (row_ends) row_copy = row_copy == U::factor_height - 1 ? 0 : int(row_copy) + 1;
  }
}

}  // namespace asn
#endif
