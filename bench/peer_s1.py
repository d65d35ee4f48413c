"""The same training step in PyTorch, at its best: no graph for the fakes of
D's step, no gradients of D's weights in G's step. Prints one line: threads,
median and fastest step in ms, peak memory in MB."""
import resource
import sys
import time

import torch
from torch import nn

threads, steps, batch = (int(a) for a in sys.argv[1:4])
torch.set_num_threads(threads)
torch.manual_seed(1)


def generator():
    return nn.Sequential(nn.Linear(100, 128), nn.BatchNorm1d(128), nn.ReLU(),
                         nn.Linear(128, 256), nn.BatchNorm1d(256), nn.ReLU(),
                         nn.Linear(256, 784), nn.Tanh())


def discriminator():
    return nn.Sequential(nn.Linear(784, 256), nn.BatchNorm1d(256), nn.LeakyReLU(0.2),
                         nn.Linear(256, 128), nn.BatchNorm1d(128), nn.LeakyReLU(0.2),
                         nn.Linear(128, 1))


G, D = generator(), discriminator()
adam = dict(lr=2e-4, betas=(0.5, 0.999))
adam_g, adam_d = torch.optim.Adam(G.parameters(), **adam), torch.optim.Adam(D.parameters(), **adam)
loss = nn.BCEWithLogitsLoss()
half = batch // 2
one, zero, one_g = torch.ones(half, 1), torch.zeros(half, 1), torch.ones(batch, 1)
images = torch.randint(0, 256, (512, 784), dtype=torch.uint8)


def step():
    real = images[torch.randint(0, len(images), (half,))].float() / 127.5 - 1
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


for _ in range(20):
    step()
times = []
for _ in range(steps):
    start = time.perf_counter()
    step()
    times.append(1e3 * (time.perf_counter() - start))
times.sort()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(f"{threads}\t{times[steps // 2]:.3f}\t{times[0]:.3f}\t{peak:.1f}\t0")
