// Matrix product in blocks: local copies, partitioned arrays, a pipelined middle loop.
#include <ap_int.h>
#include <hls_stream.h>
#define N 6

typedef ap_int<8> elem_t;
typedef ap_int<20> res_t;

static void load(hls::stream<ap_int<8> >& in, elem_t m[N][N]) {
load_rows:
  for (int i = 0; i < N; i++) {
  load_cols:
    for (int j = 0; j < N; j++) {
#pragma HLS PIPELINE II=1
      m[i][j] = in.read();
    }
  }
}

static void multiply(const elem_t a[N][N], const elem_t b[N][N], res_t c[N][N]) {
rows:
  for (int i = 0; i < N; i++) {
  cols:
    for (int j = 0; j < N; j++) {
#pragma HLS PIPELINE II=1
      res_t sum = 0;
    inner:
      for (int k = 0; k < N; k++) {
#pragma HLS UNROLL
        sum += a[i][k] * b[k][j];
      }
      c[i][j] = sum;
    }
  }
}

void matmul(hls::stream<ap_int<8> >& in, hls::stream<ap_int<20> >& out) {
  elem_t a[N][N], b[N][N];
  res_t c[N][N];
#pragma HLS ARRAY_PARTITION variable=a complete dim=2
#pragma HLS ARRAY_RESHAPE variable=b complete dim=1
  load(in, a);
  for (auto& row : b) {
    for (auto& e : row) e = in.read();
  }
  multiply(a, b, c);
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) out.write(c[i][j]);
}
