"""From trained real numbers to exact integers."""
