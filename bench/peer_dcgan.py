"""The training step of the notebook's two GANs in PyTorch, at its best: no
graph for the fakes of D's step, no gradients of D's weights in G's step,
padding inside the layers. Prints one line: threads, median and fastest step in
ms, peak memory in MB.

usage: peer_dcgan.py THREADS STEPS BATCH upsample|transpose last|first"""
import resource
import sys
import time

import torch
from torch import nn

threads, steps, batch = (int(a) for a in sys.argv[1:4])
kind, layout = sys.argv[4:6]
torch.set_num_threads(threads)
torch.manual_seed(1)


def bn(channels):
    return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)


def step_up(channels, out):
    if kind == "upsample":
        return [nn.Upsample(scale_factor=2), nn.Conv2d(channels, out, 5, padding=2)]
    return [nn.ConvTranspose2d(channels, out, 5, stride=2, padding=2, output_padding=1)]


G = nn.Sequential(nn.Linear(100, 6272), nn.Unflatten(1, (128, 7, 7)), nn.LeakyReLU(0.2), bn(128),
                  *step_up(128, 64), nn.LeakyReLU(0.2), bn(64), *step_up(64, 1), nn.Tanh())
D = nn.Sequential(nn.Conv2d(1, 64, 5, stride=2, padding=2), nn.LeakyReLU(0.2),
                  nn.Conv2d(64, 128, 5, stride=2, padding=2), nn.LeakyReLU(0.2),
                  nn.Flatten(), nn.Linear(6272, 1))
form = torch.channels_last if layout == "last" else torch.contiguous_format
G, D = G.to(memory_format=form), D.to(memory_format=form)
adam = dict(lr=2e-4, betas=(0.5, 0.999), eps=1e-7)
adam_g, adam_d = torch.optim.Adam(G.parameters(), **adam), torch.optim.Adam(D.parameters(), **adam)
loss = nn.BCEWithLogitsLoss()
half = batch // 2
one, zero, one_g = torch.ones(half, 1), torch.zeros(half, 1), torch.ones(batch, 1)
images = torch.randint(0, 256, (512, 1, 28, 28), dtype=torch.uint8)


def step():
    real = (images[torch.randint(0, len(images), (half,))].float() / 127.5 - 1).to(memory_format=form)
    D.requires_grad_(True)
    with torch.no_grad():
        fake = G(torch.randn(half, 100))
    adam_d.zero_grad(set_to_none=True)
    (loss(D(real), one) + loss(D(fake), zero)).backward()
    adam_d.step()
    D.requires_grad_(False)
    adam_g.zero_grad(set_to_none=True)
    loss(D(G(torch.randn(batch, 100))), one_g).backward()
    adam_g.step()


for _ in range(2):
    step()
times = []
for _ in range(steps):
    start = time.perf_counter()
    step()
    times.append(1e3 * (time.perf_counter() - start))
times.sort()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(f"{threads}\t{times[steps // 2]:.3f}\t{times[0]:.3f}\t{peak:.1f}\t0")
