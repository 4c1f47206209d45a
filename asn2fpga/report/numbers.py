"""Numbers as text for readers: separators, units, a dash for nothing."""

from __future__ import annotations

NOTHING = "-"


def plain(value: object) -> str:
    """A number with thousands separators, one decimal if it is below 1000; text as it is; '-' for None."""
    if value is None:
        return NOTHING
    if isinstance(value, float) and abs(value) < 1000 and not value.is_integer():
        return f"{value:,.1f}"
    return f"{round(value):,}" if isinstance(value, int | float) else str(value)


def percent(fraction: float | None) -> str:
    """A fraction of one as per cent with two decimals."""
    return NOTHING if fraction is None else f"{100 * fraction:.2f} %"


def cycles(value: float | None) -> str:
    """A number of clock cycles."""
    return NOTHING if value is None else f"{plain(value)} cycles"
