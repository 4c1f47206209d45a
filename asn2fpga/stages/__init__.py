"""The stages of a build, one file each; every stage reads the out folder and writes what later stages read."""
