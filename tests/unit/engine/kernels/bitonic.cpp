// Bitonic sorter of eight by nested loops, whose bounds are constants after unrolling; a function template.
#include <ap_int.h>
#include <hls_stream.h>

template <typename T, int N>
static void bitonic_sort(T a[N]) {
#pragma HLS PIPELINE
  for (int k = 2; k <= N; k *= 2) {
    for (int j = k / 2; j > 0; j /= 2) {
      for (int i = 0; i < N; i++) {
        const int l = i ^ j;
        if (l > i) {
          const bool up = (i & k) == 0;
          if ((a[i] > a[l]) == up) {
            const T t = a[i];
            a[i] = a[l];
            a[l] = t;
          }
        }
      }
    }
  }
}

void bitonic(hls::stream<ap_int<9> >& in, hls::stream<ap_int<9> >& out) {
  ap_int<9> a[8];
#pragma HLS ARRAY_PARTITION variable=a complete
  for (int i = 0; i < 8; i++) a[i] = in.read();
  bitonic_sort<ap_int<9>, 8>(a);
  for (int i = 0; i < 8; i++) out.write(a[i]);
}
