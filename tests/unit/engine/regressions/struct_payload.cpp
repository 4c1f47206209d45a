// Structs with arrays and structs in them between processes; a process that is pipelined as a whole.
#include "engine.h"
#include <ap_int.h>
#include <hls_stream.h>

struct struct_payload_corner {
  ap_uint<3> at[2];
  bool used;
};

struct struct_payload_pixel {
  struct_payload_corner corner;
  ap_uint<5> red;
  ap_int<70> green;
  int blue;
};

HLS_PROCESS void p_a(hls::stream<ap_uint<32> >& words, hls::stream<struct_payload_pixel>& pixels) {
  HLS_PIPELINE(1)
  const ap_uint<32> word = words.read();
  struct_payload_pixel pixel;
  pixel.corner.at[0] = word;
  pixel.corner.at[1] = word >> 3;
  pixel.corner.used = word[31];
  pixel.red = word >> 6;
  pixel.green = ap_int<70>(ap_int<32>(word)) * 1234567;
  pixel.blue = 7 - int(word >> 9);
  if (word[30]) pixels.write(pixel);
}

HLS_PROCESS void p_b(hls::stream<struct_payload_pixel>& pixels, hls::stream<ap_int<72> >& sums) {
  for (int i = 0; i < 3; i++) {
    HLS_PIPELINE(1)
    const struct_payload_pixel pixel = pixels.read();
    ap_int<72> sum = pixel.green + pixel.blue + pixel.red;
    if (pixel.corner.used) sum += pixel.corner.at[0] - pixel.corner.at[1];
    sums.write(sum);
  }
}
