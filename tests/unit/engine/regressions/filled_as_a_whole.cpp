// Large arrays and structs with first values, and filled and copied as a whole. (An ap_uint array has no first values
// with Xilinx's headers, whatever its initialiser.)
#include "engine.h"
#include <ap_int.h>
#include <hls_stream.h>

struct filled_as_a_whole_pair {
  short first;
  int second[5];
};

struct filled_as_a_whole_small {
  short first;
  unsigned char second, third;
};

HLS_PROCESS void p_a(hls::stream<ap_uint<8> >& in00, hls::stream<ap_uint<24> >& out00) {
  unsigned short zeros[100] = {};
  int some[128] = {1, 2, 3};
  unsigned short cleared[2][35], copied[2][35];
  unsigned char few[10] = {3};
  unsigned char bytes[8] = {};
  filled_as_a_whole_pair pairs[20] = {};
  filled_as_a_whole_pair others[20];
  long long wide[70] = {5, -1};
  filled_as_a_whole_small small[9] = {};
  __builtin_memset(cleared, 0, sizeof(cleared));
  __builtin_memset(cleared[1], 0x81, sizeof(cleared[1]));
  __builtin_memset(&others[3], 0, sizeof(others[3]));
  for (int i = 0; i < 20; i++) others[i] = others[3];
  for (int i = 0; i < 6; i++) {
    const ap_uint<8> word = in00.read();
    zeros[word % 100] += word;
    some[word & 127]++;
    cleared[word & 1][(word >> 1) % 35] += some[word & 127];
    few[word % 10] ^= word;
    bytes[word & 7] += word;
    pairs[word % 20].second[word % 5] += word;
    pairs[word % 20].first++;
    others[(word >> 2) % 20] = pairs[word % 20];
    small[word % 9].second += word;
    small[word % 9].first -= word;
    small[(word >> 3) % 9] = small[(word >> 2) % 9];
    wide[word % 70] = (wide[(word + 1) % 70] << 8) + word;
  }
  __builtin_memcpy(copied, cleared, sizeof(copied));
  for (int i = 0; i < 6; i++) {
    const ap_uint<8> word = in00.read();
    out00.write(zeros[word % 100] + some[word & 127] + copied[word & 1][(word >> 1) % 35] + few[word % 10]);
    out00.write(bytes[word & 7] + others[word % 20].first + others[word % 20].second[word % 5]);
    out00.write(pairs[word % 20].first + pairs[word % 20].second[word % 5] + (wide[word % 70] >> 3));
    out00.write(small[word % 9].first * 7 + small[word % 9].second);
  }
}
