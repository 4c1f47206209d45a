"""The embedded HLS engine: clang -> LLVM IR -> own IR -> SystemVerilog. README.md shows the pipeline."""
