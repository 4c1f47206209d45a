// Sobel gradient |gx| + |gy| of an image of 32 x 32 bytes, saturated to a byte: two line buffers, a 3 x 3 window,
// one pixel a cycle; the 30 x 30 places where the window lies inside the image.
#include "engine.h"

#include <ap_int.h>
#include <hls_stream.h>

const int IMAGE_SIDE = 32;

HLS_PROCESS void convolution_window(hls::stream<ap_uint<8> >& pixels, hls::stream<ap_uint<8> >& edges) {
  static ap_uint<16> lines[IMAGE_SIDE];  // of each column: the pixel two rows up, the pixel one row up
  ap_uint<8> window[3][3];
  for (int row = 0; row < IMAGE_SIDE; row++) {
    for (int column = 0; column < IMAGE_SIDE; column++) {
      HLS_PIPELINE(1)
      HLS_DEPENDENCE_DISTANCE(lines, IMAGE_SIDE)
      const ap_uint<16> above = lines[column];
      const ap_uint<8> pixel = pixels.read();
      lines[column] = (ap_uint<16>(above.range(7, 0)) << 8) | ap_uint<16>(pixel);
      HLS_UNROLL_BEFORE
      for (int line = 0; line < 3; line++) {
        HLS_UNROLL_INSIDE
        window[line][0] = window[line][1];
        window[line][1] = window[line][2];
      }
      window[0][2] = above.range(15, 8);
      window[1][2] = above.range(7, 0);
      window[2][2] = pixel;
      const ap_int<11> across = (window[0][2] + 2 * window[1][2] + window[2][2]) -
                                (window[0][0] + 2 * window[1][0] + window[2][0]);
      const ap_int<11> down = (window[2][0] + 2 * window[2][1] + window[2][2]) -
                              (window[0][0] + 2 * window[0][1] + window[0][2]);
      const ap_uint<11> steepness = (across < 0 ? ap_int<12>(-across) : ap_int<12>(across)) +
                                    (down < 0 ? ap_int<12>(-down) : ap_int<12>(down));
      const ap_uint<8> edge = steepness > 255 ? ap_uint<8>(255) : ap_uint<8>(steepness);
      if (row >= 2 && column >= 2) edges.write(edge);
    }
  }
}

void convolution(hls::stream<ap_uint<8> >& pixels, hls::stream<ap_uint<8> >& edges) {
  HLS_DATAFLOW
  convolution_window(pixels, edges);
}
