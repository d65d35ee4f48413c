"""The same wrong gradients under torch.autograd.gradcheck and under this checker.

The layers and their wrong gradients are C functions in a shared library; PyTorch
gets them as an autograd Function and checks them by its defaults, in slow mode
and in fast mode.

usage: python3 bench/gradcheck_peer.py LIBRARY OUT.tsv [SEEDS]
"""
import ctypes
import sys
import warnings

import torch

warnings.filterwarnings("ignore")
lib = ctypes.CDLL(sys.argv[1])
lib.peer_wrong.restype = lib.peer_layer.restype = ctypes.c_char_p
lib.peer_open.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_uint64]
REGIMES = ["A: inputs of size 1", "B: 100 added to them", "C: a hundredth of them", "D: the loss times 1e-6"]


def pointer(t):
    return ctypes.c_void_p(t.data_ptr())


class Layer(torch.autograd.Function):
    @staticmethod
    def forward(ctx, wrong, array, *x):
        for a, t in enumerate(x):
            lib.peer_set(a, pointer(t.detach().contiguous()))
        y = torch.empty(lib.peer_outputs(), dtype=torch.float64)
        lib.peer_forward(pointer(y))
        ctx.wrong, ctx.array = wrong, array
        ctx.save_for_backward(*x)
        return y

    @staticmethod
    def backward(ctx, dy):
        x = ctx.saved_tensors
        for a, t in enumerate(x):
            lib.peer_set(a, pointer(t.detach().contiguous()))
        dy, grads = dy.contiguous(), []
        for a, t in enumerate(x):
            g = torch.empty(t.numel(), dtype=torch.float64)
            lib.peer_backward(pointer(g), pointer(dy), ctx.wrong if a == ctx.array else -1, a)
            grads.append(g)
        return (None, None, *grads)


def passes(x, scale, wrong, array, fast):
    def f(*given):
        return Layer.apply(wrong, array, *given) * scale

    return torch.autograd.gradcheck(f, x, raise_exception=False, fast_mode=fast)


def count(regime, seed, total):
    for k in range(lib.peer_layers()):
        lib.peer_open(k, regime, seed)
        x = []
        for a in range(lib.peer_arrays()):
            t = torch.empty(lib.peer_size(a), dtype=torch.float64)
            lib.peer_get(a, pointer(t))
            x.append(t.requires_grad_())

        def back():
            for a, t in enumerate(x):
                lib.peer_set(a, pointer(t.detach()))

        scale = 1e-6 if regime == 3 else 1.0
        total["right"] += 1
        for name, fast in (("slow", False), ("fast", True)):
            total[name + " alarms"] += not passes(x, scale, -1, 0, fast)
        back()
        total["ours alarms"] += any(lib.peer_verdict(-1, a) == 2 for a in range(len(x)))
        for w in range(lib.peer_wrongs()):
            for a in range(len(x)):
                back()
                verdict = lib.peer_verdict(w, a)
                if verdict < 0:
                    continue
                total["wrong"] += 1
                total["ours"] += verdict == 2
                total["slow"] += not passes(x, scale, w, a, False)
                total["fast"] += not passes(x, scale, w, a, True)
        back()
        lib.peer_close()


def main():
    seeds = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    with open(sys.argv[2], "w") as out:
        out.write("regime\tright\talarms, slow\talarms, fast\talarms, ours\twrong\tslow, %\tfast, %\tours, %\n")
        for regime, name in enumerate(REGIMES):
            total = dict.fromkeys(("right", "wrong", "slow", "fast", "ours", "slow alarms", "fast alarms", "ours alarms"), 0)
            for seed in range(seeds):
                count(regime, seed, total)
            share = [100 * total[who] / total["wrong"] for who in ("slow", "fast", "ours")]
            alarms = [total[who + " alarms"] for who in ("slow", "fast", "ours")]
            out.write("\t".join([name, str(total["right"]), *map(str, alarms), str(total["wrong"]), *("%.1f" % v for v in share)]) + "\n")
            print(name, total, flush=True)


main()
