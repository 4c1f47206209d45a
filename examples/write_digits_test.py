"""Write examples/digits_test.npz: the digits that `asn2fpga train-example digits` does not train with."""

from pathlib import Path

import numpy as np

from asn2fpga.train.datasets import load_digits

digits = load_digits()
np.savez_compressed(Path(__file__).parent / "digits_test.npz", x=digits.x_test, y=digits.y_test)
