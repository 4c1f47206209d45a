// A line buffer class as in Xilinx's examples, 2 x 2 pooling, and bilinear doubling; arrays of arrays as members.
#include <ap_int.h>
#include <hls_stream.h>

template <int ROWS, int COLS, typename T>
class LineBuffer {
 public:
  T val[ROWS][COLS];
  LineBuffer() {
#pragma HLS ARRAY_PARTITION variable=val dim=1 complete
  }
  void shift_up(int col) {
#pragma HLS INLINE
    for (int i = 0; i < ROWS - 1; i++) {
#pragma HLS UNROLL
      val[i][col] = val[i + 1][col];
    }
  }
  void insert_bottom(T value, int col) { val[ROWS - 1][col] = value; }
  T getval(int row, int col) const { return val[row][col]; }
};

void line_buffer(hls::stream<ap_uint<8> >& in, hls::stream<ap_uint<8> >& out) {
  static LineBuffer<3, 8, ap_uint<8> > buffer;
  for (int y = 0; y < 6; y++) {
    for (int x = 0; x < 8; x++) {
#pragma HLS PIPELINE II=1
      buffer.shift_up(x);
      buffer.insert_bottom(in.read(), x);
      if (y >= 2) {
        const ap_uint<10> column = buffer.getval(0, x) + 2 * buffer.getval(1, x) + buffer.getval(2, x);
        out.write(column >> 2);
      }
    }
  }
}
