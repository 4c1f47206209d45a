// What prints is for C simulation: std::cout, manipulators, operators << of structs, printf and assert vanish.
#include <ap_int.h>
#include <hls_stream.h>

#include <assert.h>
#include <stdio.h>
#include <iomanip>
#include <iostream>

struct pair_of_bytes {
  ap_uint<8> high, low;
};

static std::ostream& operator<<(std::ostream& to, const pair_of_bytes& pair) {
  return to << std::hex << std::setw(2) << pair.high.to_int() << ':' << pair.low.to_int() << std::endl;
}

void printing(hls::stream<ap_uint<16> >& in, hls::stream<ap_uint<16> >& out) {
  const ap_uint<16> word = in.read();
  pair_of_bytes pair;
  pair.high = word >> 8;
  pair.low = word;
  if (pair.high == 3) std::cerr << "three " << pair << std::flush;
  printf("%d\n", pair.low.to_int());
  assert(word >= 0);
  out.write(pair.low * pair.high);
}
