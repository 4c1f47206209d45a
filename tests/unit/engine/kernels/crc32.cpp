// CRC-32 of packets: a table made by constexpr, and the same bit by bit; they must agree.
#include <ap_int.h>
#include <hls_stream.h>
#include <array>
#include <cstdint>

static constexpr std::array<uint32_t, 256> make_table() {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t c = i;
    for (int k = 0; k < 8; k++) c = (c & 1) ? 0xEDB88320u ^ (c >> 1) : c >> 1;
    table[i] = c;
  }
  return table;
}

void crc32(hls::stream<ap_uint<8> >& in, hls::stream<ap_uint<32> >& out) {
  static constexpr std::array<uint32_t, 256> table = make_table();
  uint32_t crc = 0xFFFFFFFF;
  ap_uint<32> bitwise = -1;
  const ap_uint<8> length = in.read();
  for (uint8_t n = 0; n < (length & 7); ++n) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=0 max=7
    const uint8_t byte = in.read();
    crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8);
    bitwise ^= byte;
    for (int k = 0; k < 8; k++) {
      const ap_uint<32> half = bitwise >> 1;
      bitwise = bitwise[0] ? ap_uint<32>(half ^ 0xEDB88320) : half;
    }
  }
  out.write(~crc);
  out.write(bitwise ^ crc);
}
