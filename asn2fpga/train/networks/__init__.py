"""The networks that `train-example` trains."""
