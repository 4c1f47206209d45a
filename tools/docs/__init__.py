"""The documentation site: `python -m tools.docs`, or `make docs`."""
