"""Trying designs of a network: many by prediction, those that are worth it as RTL."""
