#include "../../../hw/hls/llvm/hls_vector.h"  // ours: Xilinx has not published its own
