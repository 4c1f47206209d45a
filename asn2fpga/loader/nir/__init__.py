"""NIR graphs (https://neuroir.org): files of other frameworks to networks of ours, and back."""
