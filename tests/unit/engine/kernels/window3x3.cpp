// Sobel with two line buffers and a 3 x 3 window, borders as zeros.
#include <ap_int.h>
#include <hls_stream.h>

constexpr int WIDTH = 7, HEIGHT = 5;
typedef ap_uint<8> pixel_t;

struct Window {
  pixel_t val[3][3];
  void shift(const pixel_t column[3]) {
    for (int r = 0; r < 3; r++) {
#pragma HLS UNROLL
      val[r][0] = val[r][1];
      val[r][1] = val[r][2];
      val[r][2] = column[r];
    }
  }
};

static ap_uint<8> sobel(const Window& w) {
  ap_int<12> gx = 0, gy = 0;
  const int kx[3][3] = {{-1, 0, 1}, {-2, 0, 2}, {-1, 0, 1}};
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++) {
      gx += w.val[i][j] * kx[i][j];
      gy += w.val[i][j] * kx[j][i];
    }
  const ap_int<13> m = (gx < 0 ? ap_int<13>(-gx) : ap_int<13>(gx)) + (gy < 0 ? ap_int<13>(-gy) : ap_int<13>(gy));
  return m > 255 ? 255 : m.to_int();
}

void window3x3(hls::stream<ap_uint<8> >& in, hls::stream<ap_uint<8> >& out) {
  static pixel_t line_buf[2][WIDTH];
#pragma HLS ARRAY_PARTITION variable=line_buf complete dim=1
  Window window;
#pragma HLS ARRAY_PARTITION variable=window.val complete dim=0
  for (int y = 0; y < HEIGHT + 1; y++) {
    for (int x = 0; x < WIDTH + 1; x++) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_FLATTEN
      pixel_t column[3] = {0, 0, 0};
      if (x < WIDTH) {
        column[0] = line_buf[0][x];
        column[1] = line_buf[1][x];
        column[2] = y < HEIGHT ? in.read() : pixel_t(0);
        line_buf[0][x] = column[1];
        line_buf[1][x] = column[2];
      }
      window.shift(column);
      if (y >= 1 && x >= 1) {
        const bool border = y == 1 || x == 1 || y == HEIGHT || x == WIDTH;
        out.write(border ? ap_uint<8>(0) : sobel(window));
      }
    }
  }
}
