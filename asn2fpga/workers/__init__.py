"""Work of asn2fpga done by other processes: on this machine, by Dask, by SLURM, by any executor."""
