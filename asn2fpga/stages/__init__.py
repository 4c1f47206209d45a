"""The stages of a build, one file each; a stage reads the out folder and writes what later ones read."""
