"""Figures of the stages, as they stand in manifest.json and report.json: a TypedDict for each part.

These types are the schema of the files; see docs/decisions/figures-as-typed-dicts.md.
"""
