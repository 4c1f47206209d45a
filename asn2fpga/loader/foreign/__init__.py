"""Neurons of other frameworks: what each class of theirs computes, from their code, not from their documents.

No framework is imported: classes are known by their full names.
"""
