// What Vitis HLS' ap_axi_sdata.h offers of ap_axiu, as declarations: Xilinx's open headers do not have this file.
#ifndef MOCK_VITIS_AP_AXI_SDATA_H
#define MOCK_VITIS_AP_AXI_SDATA_H

#include <ap_int.h>

template <int D, int U, int TI, int TD>
struct ap_axiu {
  static_assert(U == 0 && TI == 0 && TD == 0, "no side channels but keep, strb and last");
  ap_uint<D> data;
  ap_uint<(D + 7) / 8> keep;
  ap_uint<(D + 7) / 8> strb;
  ap_uint<1> last;
};

#endif
