// One beat of an AXI4-Stream with TLAST, BITS wide. Vitis needs its own struct, or DMA waits for ever; with ASN_AXI_SDATA
// its C simulation has that struct too, as its co-simulation must.
#ifndef ASN_AXIS_H
#define ASN_AXIS_H

#include "engine.h"

#include <ap_int.h>
#include <hls_stream.h>

#if defined(__SYNTHESIS__) && !defined(ASN_ENGINE_LLVM) && !defined(__BAMBU__) && !defined(ASN_AXI_SDATA)
#define ASN_AXI_SDATA
#endif

#ifdef ASN_AXI_SDATA
#include <ap_axi_sdata.h>
#endif

namespace asn {

#ifdef ASN_AXI_SDATA

template <int BITS>
using AxisWord = ap_axiu<BITS, 0, 0, 0>;

template <int BITS>
HLS_INLINE AxisWord<BITS> axis_word(const ap_uint<BITS>& data, bool last) {
  AxisWord<BITS> word;
  word.data = data;
  word.keep = -1;
  word.strb = -1;
  word.last = last;
  return word;
}

#elif defined(__BAMBU__)

// Of a struct Bambu makes a port of 32 bits, whatever it holds; of an integer one as wide. TLAST is its top bit.
template <int BITS>
using AxisWord = ap_uint<BITS + 1>;

template <int BITS>
HLS_INLINE AxisWord<BITS> axis_word(const ap_uint<BITS>& data, bool last) {
  return (ap_uint<BITS + 1>(last) << BITS) | ap_uint<BITS + 1>(data);
}

template <int BITS>
HLS_INLINE ap_uint<BITS> axis_data(const AxisWord<BITS>& word) {
  return ap_uint<BITS>(word);
}

#else

template <int BITS>
struct AxisWord {
  ap_uint<BITS> data;
  ap_uint<1> last;
};

template <int BITS>
HLS_INLINE AxisWord<BITS> axis_word(const ap_uint<BITS>& data, bool last) {
  AxisWord<BITS> word;
  word.data = data;
  word.last = last;
  return word;
}

#endif

#ifndef __BAMBU__
template <int BITS>
HLS_INLINE ap_uint<BITS> axis_data(const AxisWord<BITS>& word) {
  return word.data;
}
#endif

template <int BITS>
using AxisStream = hls::stream<AxisWord<BITS> >;

}  // namespace asn
#endif
