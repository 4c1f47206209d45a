// One 32-bit beat of an AXI4-Stream with TLAST. Vitis needs its own struct, or DMA waits for ever.
#ifndef ASN_AXIS_H
#define ASN_AXIS_H

#include "engine.h"

#include <ap_int.h>
#include <hls_stream.h>

#if defined(__SYNTHESIS__) && !defined(ASN_ENGINE_LLVM) && !defined(__BAMBU__)
#include <ap_axi_sdata.h>
#endif

namespace asn {

#if defined(__SYNTHESIS__) && !defined(ASN_ENGINE_LLVM) && !defined(__BAMBU__)

typedef ap_axiu<32, 0, 0, 0> AxisWord;

HLS_INLINE AxisWord axis_word(ap_uint<32> data, bool last) {
  AxisWord word;
  word.data = data;
  word.keep = -1;
  word.strb = -1;
  word.last = last;
  return word;
}

#elif defined(__BAMBU__)

// Of a struct Bambu makes a port of 32 bits, whatever it holds; of an integer one as wide. TLAST is its top bit.
typedef ap_uint<33> AxisWord;

HLS_INLINE AxisWord axis_word(ap_uint<32> data, bool last) {
  return (ap_uint<33>(last) << 32) | ap_uint<33>(data);
}

HLS_INLINE ap_uint<32> axis_data(const AxisWord& word) { return ap_uint<32>(word); }

#else

struct AxisWord {
  ap_uint<32> data;
  ap_uint<1> last;
};

HLS_INLINE AxisWord axis_word(ap_uint<32> data, bool last) {
  AxisWord word;
  word.data = data;
  word.last = last;
  return word;
}

#endif

#ifndef __BAMBU__
HLS_INLINE ap_uint<32> axis_data(const AxisWord& word) { return word.data; }
#endif

typedef hls::stream<AxisWord> AxisStream;

}  // namespace asn
#endif
