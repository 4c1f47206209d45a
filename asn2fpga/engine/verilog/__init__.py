"""Scheduled processes and the design that joins them as SystemVerilog."""
