// Two processes and a FIFO: energy of a signal. The producer squares the difference of neighbouring samples, the
// consumer gives the sum of each 16 squares, and the largest of them.
#include "engine.h"

#include <ap_int.h>
#include <hls_stream.h>

const int ENERGY_FRAME = 64;  // samples a call; sample -1 is the last one of the call before
const int ENERGY_BLOCK = 16;  // squares a sum

HLS_PROCESS void square_differences(hls::stream<ap_int<12> >& samples, hls::stream<ap_uint<26> >& squares) {
  static ap_int<12> previous = 0;
  for (int sample = 0; sample < ENERGY_FRAME; sample++) {
    HLS_PIPELINE(1)
    const ap_int<12> next = samples.read();
    const ap_int<13> difference = next - previous;
    squares.write(difference * difference);
    previous = next;
  }
}

HLS_PROCESS void sum_blocks(hls::stream<ap_uint<26> >& squares, hls::stream<ap_uint<56> >& energies) {
  ap_uint<30> sum = 0;
  ap_uint<26> largest = 0;
  for (int sample = 0; sample < ENERGY_FRAME; sample++) {
    HLS_PIPELINE(1)
    const bool first = sample % ENERGY_BLOCK == 0;
    const ap_uint<26> square = squares.read();
    sum = first ? ap_uint<30>(square) : ap_uint<30>(sum + square);
    largest = first || square > largest ? square : largest;
    if (sample % ENERGY_BLOCK == ENERGY_BLOCK - 1) {
      energies.write((ap_uint<56>(largest) << 30) | ap_uint<56>(sum));
    }
  }
}

void producer_consumer(hls::stream<ap_int<12> >& samples, hls::stream<ap_uint<56> >& energies) {
  HLS_DATAFLOW
  HLS_STREAM(hls::stream<ap_uint<26> >, squares, 4)
  square_differences(samples, squares);
  sum_blocks(squares, energies);
}
