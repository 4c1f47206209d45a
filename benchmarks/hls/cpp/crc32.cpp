// CRC-32 of IEEE 802.3 over messages of bytes {last, value}: one byte a cycle, one word at the end.
#include "engine.h"

#include <ap_int.h>
#include <hls_stream.h>

const unsigned CRC_POLYNOMIAL = 0xEDB88320;  // bits reversed

HLS_PROCESS void crc32_message(hls::stream<ap_uint<9> >& bytes, hls::stream<ap_uint<32> >& checks) {
  ap_uint<32> crc = 0xFFFFFFFF;
  while (true) {
    HLS_PIPELINE(1)
    const ap_uint<9> byte = bytes.read();
    crc ^= ap_uint<32>(byte.range(7, 0));
    HLS_UNROLL_BEFORE
    for (int bit = 0; bit < 8; bit++) {
      HLS_UNROLL_INSIDE
      const bool odd = crc[0];
      crc >>= 1;
      if (odd) crc ^= ap_uint<32>(CRC_POLYNOMIAL);
    }
    if (byte[8]) break;
  }
  checks.write(~crc);
}

void crc32(hls::stream<ap_uint<9> >& bytes, hls::stream<ap_uint<32> >& checks) {
  HLS_DATAFLOW
  crc32_message(bytes, checks);
}
