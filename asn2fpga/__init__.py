"""asn2fpga: trained networks of Adaptive Spiking Neurons to verified FPGA hardware."""
__version__ = "0.1.0"
