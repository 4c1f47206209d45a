"""Process to process, one pass per file; pipeline.py has their order."""
