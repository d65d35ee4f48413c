"""Loads what `gan export --layout pytorch` wrote into PyTorch, strictly, and
compares the images (or logits) with ours: the blog's own classes, and for the
notebook's networks the nn.Sequential that chapter 21 prints.

usage: export.py WEIGHTS.safetensors MODEL generator|discriminator IN.npy OUT.npy [NORM]"""
import json
import re
import struct
import sys

import numpy as np
import torch
from torch import nn

path, model, network, given, expected = sys.argv[1:6]
torch.set_num_threads(1)


def load_file(path):
    """What safetensors.torch.load_file does."""
    data = open(path, "rb").read()
    length = struct.unpack("<Q", data[:8])[0]
    header, body = json.loads(data[8:8 + length]), data[8 + length:]
    header.pop("__metadata__", None)
    types = {"F32": np.float32, "I64": np.int64}
    return {name: torch.from_numpy(np.frombuffer(body[t["data_offsets"][0]:t["data_offsets"][1]], types[t["dtype"]])
                                   .reshape(t["shape"]).copy()) for name, t in header.items()}


class Generator(nn.Module):  # as in the blog
    def __init__(self, input_dim, output_dim, hidden_dim):
        super().__init__()
        self.network = nn.Sequential(
            nn.Linear(input_dim, hidden_dim), nn.BatchNorm1d(hidden_dim), nn.ReLU(),
            nn.Linear(hidden_dim, hidden_dim * 2), nn.BatchNorm1d(hidden_dim * 2), nn.ReLU(),
            nn.Linear(hidden_dim * 2, output_dim), nn.Tanh())

    def forward(self, x):
        return self.network(x)


class Discriminator(nn.Module):
    def __init__(self, input_dim, hidden_dim):
        super().__init__()
        self.network = nn.Sequential(
            nn.Linear(input_dim, hidden_dim * 2), nn.BatchNorm1d(hidden_dim * 2), nn.LeakyReLU(0.2),
            nn.Linear(hidden_dim * 2, hidden_dim), nn.BatchNorm1d(hidden_dim), nn.LeakyReLU(0.2),
            nn.Linear(hidden_dim, 1), nn.Sigmoid())

    def forward(self, x):
        return self.network(x)


# The notebook's networks: the very text of the chapter.
chapter = open("chapters/21_checkpoint.md").read()
scope = {}
exec(re.search(r"```python\n(from torch import nn.*?)```", chapter, re.S).group(1), scope)
net = {("mlp", "generator"): lambda: Generator(100, 784, 128), ("mlp", "discriminator"): lambda: Discriminator(784, 128),
       ("dcgan-upsample", "generator"): lambda: scope["upsample"], ("dcgan-transpose", "generator"): lambda: scope["transpose"],
       ("dcgan-upsample", "discriminator"): lambda: scope["discriminator"],
       ("dcgan-transpose", "discriminator"): lambda: scope["discriminator"]}[model, network]()
net.load_state_dict(load_file(path))  # strict: every name and shape must fit
net.eval()
with torch.no_grad():
    y = net(torch.from_numpy(np.load(given).astype(np.float32))).numpy()
reference = np.load(expected).reshape(y.shape)
apart = float(np.abs(y - reference).max())
print(f"{model} {network}: {y.shape}, largest difference {apart:.1e}")
sys.exit(0 if apart <= 1e-5 else 1)
