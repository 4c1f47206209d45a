"""Small example networks, trained here: `asn2fpga train-example`."""
