"""The pictures of a build, drawn by matplotlib: one file for each subject, a table behind every picture."""
