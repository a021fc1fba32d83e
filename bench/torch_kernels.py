#!/usr/bin/env python3
"""PyTorch's kernels for the operations of a training step, one thread, fp32: the peer of `orrery-bench kernels`.

  python torch_kernels.py --model small [--seconds 0.3]

Prints one JSON line an operation, {"operation": ..., "microseconds": median}, under the names that orrery-bench uses.
A backward pass is timed alone, on a graph that is kept.
"""
import argparse, json, statistics, time
import torch
import torch.nn.functional as F

MODELS = {"tiny": (128, 4, 256, 128, 8), "small": (384, 6, 256, 256, 8), "medium": (768, 12, 50257, 256, 2)}
parser = argparse.ArgumentParser()
parser.add_argument("--model", default="small", choices=MODELS)
parser.add_argument("--seconds", type=float, default=0.3)
arguments = parser.parse_args()
torch.set_num_threads(1)
H, A, V, S, B = MODELS[arguments.model]
N = B * S


def measure(operation, body):
    times, began = [], time.perf_counter()
    while len(times) < 7 or time.perf_counter() - began < arguments.seconds:
        start = time.perf_counter()
        body()
        times.append(time.perf_counter() - start)
    print(json.dumps({"operation": operation, "microseconds": statistics.median(times[2:]) * 1e6}), flush=True)


def gradient(y, inputs):
    upstream = torch.ones_like(y)
    return lambda: torch.autograd.grad(y, inputs, upstream, retain_graph=True)


x, wide = torch.rand(N, H), torch.rand(N, 4 * H)
weight, bias = torch.rand(4 * H, H), torch.rand(4 * H)
with torch.no_grad():
    measure("linear", lambda: F.linear(x, weight, bias))
    measure("linear input gradient", lambda: wide @ weight)
    measure("linear weight gradient", lambda: wide.t() @ x)
    measure("gelu", lambda: F.gelu(wide, approximate="tanh"))
    measure("layer norm", lambda: F.layer_norm(x, (H,), bias[:H], bias[:H]))
    measure("residual add", lambda: x + x)
    logits, targets = torch.rand(N, V), torch.zeros(N, dtype=torch.long)
    measure("cross entropy", lambda: F.cross_entropy(logits, targets))
q, k, v = (torch.rand(B, A, S, H // A, requires_grad=True) for _ in range(3))
measure("attention", lambda: F.scaled_dot_product_attention(q, k, v, is_causal=True))
measure("attention backward", gradient(F.scaled_dot_product_attention(q, k, v, is_causal=True), (q, k, v)))
wide.requires_grad_()
measure("gelu backward", gradient(F.gelu(wide, approximate="tanh"), (wide,)))
x.requires_grad_()
gain, shift = (torch.rand(H, requires_grad=True) for _ in range(2))
measure("layer norm backward", gradient(F.layer_norm(x, (H,), gain, shift), (x, gain, shift)))
parameter = torch.rand(12 * H * H, requires_grad=True)
parameter.grad = torch.rand_like(parameter)
measure("adamw", torch.optim.AdamW([parameter], fused=True).step)
