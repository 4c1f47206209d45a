"""Random networks of feature maps: torch, golden, C++ and RTL are one, whatever they are made of."""

from __future__ import annotations

from pathlib import Path

import pytest
from graph_check import check_cpp, check_estimates, check_rtl
from map_check import map_case_of
from often import often
from random_maps import map_spec_of

from asn2fpga.errors import UnsupportedError


@pytest.mark.parametrize("seed", [*range(100, 120), 6114])  # 6114: pools of currents in a row
def test_golden_computes_what_torch_does(seed: int) -> None:
    """With quantised weights; what is not built is refused by name."""
    try:
        check_estimates(map_case_of(map_spec_of(seed)))
    except UnsupportedError as refused:
        assert ": " in str(refused) and "; " in str(refused)


@pytest.mark.parametrize("seed", often([0, 31, 38, 49, 5016, 6114], lambda seed: seed == 49))
def test_cpp_and_rtl_compute_what_golden_does(seed: int, tmp_path: Path) -> None:
    case = map_case_of(map_spec_of(seed))
    check_cpp(case, tmp_path, ("engine",))
    check_rtl(case, tmp_path)
