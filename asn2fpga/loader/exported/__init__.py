"""Programs that torch.export.save wrote (.pt2).

They are read without torch.export.load, which unpickles what it finds.
"""
