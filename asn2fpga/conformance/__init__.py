"""Neurons of other frameworks against the golden model: every class and option that is claimed, run side by
side on the installed version of the framework itself.
"""
