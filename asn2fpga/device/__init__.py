"""What an FPGA is made of: resources, and what memories, FIFOs and arithmetic become on it."""
