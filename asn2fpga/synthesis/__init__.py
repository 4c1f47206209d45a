"""Synthesis with Yosys: the area of RTL, and its netlist."""
