"""From a user's file or torch module to the real-valued graph. Everything that enters is checked here."""

from asn2fpga.loader.load import LoadedModel, load_model
from asn2fpga.loader.save import save

__all__ = ["LoadedModel", "load_model", "save"]
