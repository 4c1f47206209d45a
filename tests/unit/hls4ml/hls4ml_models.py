"""Torch models through hls4ml's own flow to its C simulation."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from asn2fpga import hls4ml as plugin
from asn2fpga.graph.types import Array

UNIT = 64  # weights are multiples of 1 / UNIT: integers of golden and fixed-point numbers of hls4ml hold them


def on_the_grid(module: nn.Module) -> nn.Module:
    """With random weights of which every row has one of 127 / UNIT, so that golden's scale is 1 / UNIT."""
    random = np.random.default_rng(5)
    for part in module.modules():
        if isinstance(part, nn.Linear | nn.Conv2d):
            weight = random.integers(-60, 61, tuple(part.weight.shape))
            weight.reshape(len(weight), -1)[:, 0] = 127
            part.weight.data = torch.from_numpy(weight / UNIT).float()
            if part.bias is not None:
                bias = random.integers(-80, 81, tuple(part.bias.shape))
                part.bias.data = torch.from_numpy(bias / UNIT).float()
    return module.eval()


def converted(
    module: nn.Module,
    shape: tuple[int, ...],
    folder: Path,
    *,
    read: str,
    io_type: str = "io_parallel",
    backend: str = "Vitis",
    **options: Any,
) -> Any:
    """The hls4ml model, compiled. read: the type of the input; options: of each layer's configuration."""
    import hls4ml

    plugin.register()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of hls4ml, about its own code
        config = hls4ml.utils.config_from_pytorch_model(
            module, shape, granularity="name", backend=backend, default_precision="ap_fixed<24,14>"
        )
        for name, layer in config["LayerName"].items():
            if "StateFracBits" in layer:
                layer.update(options)
            if name.startswith(("input", "x")):
                layer["Precision"]["result"] = read
        model = hls4ml.converters.convert_from_pytorch_model(
            module, output_dir=str(folder), backend=backend, hls_config=config, io_type=io_type
        )
        model.compile()
    return model


def predicted(model: Any, x: Array) -> Array:
    """What C simulation gives for x (B, *shape), (B, ..) float64."""
    found: Array = model.predict(np.ascontiguousarray(x, np.float32)).reshape(len(x), -1).astype(np.float64)
    return found
