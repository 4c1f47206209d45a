// ap_axiu and ap_axis for native runs: the fields of Xilinx's header, without its side channels of no bits.
#ifndef FUZZ_AP_AXI_SDATA_H
#define FUZZ_AP_AXI_SDATA_H

#include <ap_int.h>

template <class DATA, int USER, int ID, int DEST>
struct hls_axis {
  static const int bytes = (DATA::width + 7) / 8;
  DATA data;
  ap_uint<bytes> keep, strb;
  ap_uint<USER ? USER : 1> user;
  ap_uint<1> last;
  ap_uint<ID ? ID : 1> id;
  ap_uint<DEST ? DEST : 1> dest;
};
template <int D, int USER = 0, int ID = 0, int DEST = 0>
using ap_axiu = hls_axis<ap_uint<D>, USER, ID, DEST>;
template <int D, int USER = 0, int ID = 0, int DEST = 0>
using ap_axis = hls_axis<ap_int<D>, USER, ID, DEST>;

#endif
