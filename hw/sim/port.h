// Words of the two ports of a verilated model, 32, 64 or 128 bits wide, as units of 32 bits, the lowest first.
#ifndef ASN_SIM_PORT_H
#define ASN_SIM_PORT_H

#include "verilated.h"

#include <cstdint>
#include <vector>

// data: the model's s_axis_tdata. units: as many as it has words of 32 bits.
inline void set_units(IData& data, const uint32_t* units) { data = units[0]; }
inline void set_units(QData& data, const uint32_t* units) { data = uint64_t(units[1]) << 32 | units[0]; }
template <std::size_t WORDS>
inline void set_units(VlWide<WORDS>& data, const uint32_t* units) {
  for (std::size_t unit = 0; unit < WORDS; unit++) data[unit] = units[unit];
}

// Append `words` units of data that moved.
inline void append_units(std::vector<uint32_t>& record, uint64_t data, int words) {
  record.push_back(uint32_t(data));
  if (words == 2) record.push_back(uint32_t(data >> 32));
}
inline void append_units(std::vector<uint32_t>& record, const std::vector<uint32_t>& units, int) {
  record.insert(record.end(), units.begin(), units.end());
}
template <std::size_t WORDS>
inline void append_units(std::vector<uint32_t>& record, const VlWide<WORDS>& data, int words) {
  for (int word = 0; word < words; word++) record.push_back(data[word]);
}

#endif
