// Lambdas as arguments, generic ones, captures by reference; range-for over std::array; std::min and std::max.
#include <ap_int.h>
#include <hls_stream.h>
#include <algorithm>
#include <array>

template <class T, std::size_t N, class F>
static T fold(const std::array<T, N>& a, T first, F combine) {
#pragma HLS INLINE
  T result = first;
  for (const T& x : a) result = combine(result, x);
  return result;
}

void lambdas(hls::stream<ap_int<16> >& in, hls::stream<ap_int<16> >& out) {
  std::array<int, 5> window{};
#pragma HLS ARRAY_PARTITION variable=window complete
  int calls = 0;
  const auto clamp = [](auto x, auto low, auto high) { return std::min(std::max(x, low), high); };
  const auto next = [&]() -> int {
    calls++;
    return in.read();
  };
  for (int n = 0; n < 12; n++) {
#pragma HLS PIPELINE II=1
    std::copy(window.begin() + 1, window.end(), window.begin());
    window[4] = next();
    const int sum = fold(window, 0, [](int a, int b) { return a + b; });
    const int most = fold(window, -40000, [&](int a, int b) { return b > a ? b + (calls & 1) : a; });
    out.write(clamp(sum, -5000, 5000) ^ clamp(most, -100, 30000));
  }
}
