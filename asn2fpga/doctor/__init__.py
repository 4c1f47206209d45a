"""Is everything here that a build needs, and does it work? Tools are tested by building something small."""
