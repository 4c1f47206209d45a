"""Static timing of the netlist that Yosys mapped to 7-series cells, before placement.

It shares nothing with the engine: neither its delay model nor its schedule, only the RTL.
"""
