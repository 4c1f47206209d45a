// Argmax as a tree of a recursive template, with std::pair and structured bindings.
#include <ap_int.h>
#include <hls_stream.h>
#include <utility>

typedef ap_int<10> score_t;
typedef std::pair<score_t, int> best_t;

template <int FIRST, int COUNT>
struct tree {
  static best_t best(const score_t s[]) {
#pragma HLS INLINE
    const auto [left, at] = tree<FIRST, COUNT / 2>::best(s);
    const auto [right, there] = tree<FIRST + COUNT / 2, COUNT - COUNT / 2>::best(s);
    return right > left ? best_t(right, there) : best_t(left, at);
  }
};
template <int FIRST>
struct tree<FIRST, 1> {
  static best_t best(const score_t s[]) { return {s[FIRST], FIRST}; }
};

void argmax(hls::stream<ap_int<10> >& in, hls::stream<ap_uint<16> >& out) {
  score_t scores[10];
#pragma HLS ARRAY_PARTITION variable=scores complete
  for (auto& s : scores) s = in.read();
  auto [score, index] = tree<0, 10>::best(scores);
  out.write((ap_uint<4>(index), score));
}
