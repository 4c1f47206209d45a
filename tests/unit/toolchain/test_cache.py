from __future__ import annotations

from pathlib import Path

import pytest

from asn2fpga.toolchain.cache import shared_folder, user_cache


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"ASN2FPGA_CACHE": "/a", "XDG_CACHE_HOME": "/x"}, "/a"),
        ({"ASN2FPGA_CACHE": "", "XDG_CACHE_HOME": "/x"}, "/x/asn2fpga"),
        ({}, str(Path.home() / ".cache" / "asn2fpga")),
    ],
)
def test_builds_share_what_the_user_says_or_the_user_s_cache(
    environment: dict[str, str], folder: str
) -> None:
    assert shared_folder(environment) == Path(folder)


def test_an_empty_variable_names_no_cache() -> None:
    assert user_cache({"XDG_CACHE_HOME": ""}) == Path.home() / ".cache"
