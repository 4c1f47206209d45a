"""From the LLVM IR of a process to its Verilog: side by side on all cores, and once for equal ones."""
