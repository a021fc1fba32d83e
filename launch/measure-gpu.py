#!/usr/bin/env python3
"""Measures the kernels of training on this machine's NVIDIA GPU, for `orrery calibrate`.

  launch/measure-gpu.py --output measured.csv [--minutes 3]
  launch/measure-gpu.py --dry-run

Needs PyTorch with CUDA. Kernels are replayed from CUDA graphs, over buffers that together outgrow the L2 cache three times; a few
are also timed one by one between two events, as a framework launches them. Each time is a median of repeats after a warm-up.
Exit codes: 64 wrong options, 65 no GPU, 69 no PyTorch, 70 nothing could be measured, 74 the file cannot be written.
"""
import argparse
import csv
import hashlib
import io
import os
import statistics
import sys
import time

COLUMNS = (
    "id group gpu op op_detail dtype out_dtype m n k batch rows cols elements seq_q seq_kv heads kv_heads head_dim causal "
    "layout latency_us launch_overhead cache_state timing kernel_name framework source"
).split()
SIZES = {"fp32": 4, "tf32": 4, "fp16": 2, "bf16": 2}
GRAPH, EAGER = "no (CUDA graph)", "included (one operation between two events)"


class Stop(Exception):
    """Ends the program with an exit code of sysexits.h and a line on standard error."""

    def __init__(self, code, text):
        super().__init__(text)
        self.code, self.text = code, text


# --- The plan: cases are rows without a time.


def product(op, dtype, m, n, k, layout, batch=1, detail=""):
    return dict(op=op, op_detail=detail, dtype=dtype, out_dtype="fp32" if dtype == "tf32" else dtype,
                m=m, n=n, k=k, batch=batch, layout=layout)


def linear_cases():
    """Forward, input gradient and weight gradient of layers, and shapes that fill no wave of multiprocessors."""
    layers = [(t, o, i) for t in (512, 2048, 8192) for o, i in ((1024, 1024), (4096, 1024), (4096, 4096), (5120, 13824))]
    layers += [(4096, 12288, 4096), (16384, 8192, 8192), (8192, 32000, 4096), (1, 4096, 4096), (32, 8192, 8192),
               (128, 2048, 8192), (333, 777, 1111), (1024, 768, 50257)]
    for dtype in ("bf16", "fp16", "fp32", "tf32"):
        for tokens, out, inner in layers if dtype == "bf16" else layers[::2]:
            yield product("gemm", dtype, tokens, out, inner, "TN", detail="linear fwd")
            yield product("gemm", dtype, tokens, inner, out, "NN", detail="dgrad")
            yield product("gemm", dtype, out, inner, tokens, "NT", detail="wgrad")


def batched_cases():
    shapes = [(16, 512, 512, 64), (96, 1024, 1024, 64), (128, 1024, 64, 1024), (64, 2048, 2048, 128), (256, 256, 64, 256),
              (32, 4096, 128, 4096)]
    for dtype in ("bf16", "fp16", "fp32"):
        for batch, m, n, k in shapes:
            yield product("bmm", dtype, m, n, k, "NN", batch, "torch.bmm")


def attention_cases():
    shapes = [(8, 512, 16, 64), (8, 1024, 16, 64), (4, 2048, 32, 128), (2, 4096, 32, 128), (1, 8192, 32, 128),
              (1, 16384, 16, 128), (32, 256, 12, 64), (1, 2048, 8, 128)]
    for op in ("attention_fwd", "attention_bwd"):
        for batch, length, heads, size in shapes:
            for causal in (1, 0):
                for dtype in ("bf16", "fp16") if causal else ("bf16",):
                    yield dict(op=op, op_detail="SDPA flash", dtype=dtype, out_dtype=dtype, batch=batch, seq_q=length,
                               seq_kv=length, heads=heads, kv_heads=heads, head_dim=size, causal=causal)


def row_cases():
    shapes = [(512, 512), (4096, 1024), (8192, 4096), (16384, 2048), (2048, 8192), (4096, 32000), (256, 768)]
    for op, detail in (("softmax", "torch.softmax"), ("layernorm", "layer_norm"), ("rmsnorm", "fused rms_norm")):
        for dtype in ("bf16", "fp16", "fp32"):
            for rows, columns in shapes:
                yield dict(op=op, op_detail=detail, dtype=dtype, out_dtype=dtype, rows=rows, cols=columns)


# The words of `op_detail` tell orrery how many tensors are read, and which operations go through the special-function unit.
ELEMENTWISE = {"add tensor-tensor": 2, "mul tensor-tensor": 2, "mul tensor-scalar": 1, "relu unary": 1, "gelu unary": 1,
               "tanh unary": 1, "silu unary": 1}


def elementwise_cases():
    for detail in ELEMENTWISE:
        for dtype in ("bf16", "fp32"):
            for elements in (1 << 16, 1 << 20, 1 << 23, 1 << 26, 3 << 25):
                yield dict(op="elementwise", op_detail=detail, dtype=dtype, out_dtype=dtype, elements=elements)


def bytes_of(case):
    """Bytes of a case's operands and results."""
    size = SIZES[case["dtype"]]
    if case["op"] in ("gemm", "bmm"):
        m, n, k = case["m"], case["n"], case["k"]
        return case["batch"] * size * (m * k + k * n + m * n)
    if case["op"].startswith("attention"):
        tensors = 4 if case["op"] == "attention_fwd" else 8
        return tensors * size * case["batch"] * case["seq_q"] * case["heads"] * case["head_dim"]
    if case["op"] == "elementwise":
        return size * case["elements"] * (1 + ELEMENTWISE[case["op_detail"]])
    return size * case["rows"] * case["cols"] * 2


def plan(memory):
    """All cases in an order of which every beginning is a fair sample: by a hash of their names, one operation after another."""
    kinds = [linear_cases(), batched_cases(), attention_cases(), row_cases(), elementwise_cases()]
    groups = []
    for kind in kinds:
        cases = [c for c in kind if 4 * bytes_of(c) < memory]
        groups.append(sorted(cases, key=lambda c: hashlib.sha256(repr(sorted(c.items())).encode()).hexdigest()))
    total = max(map(len, groups))
    order = sorted((index * total / len(group), which, index) for which, group in enumerate(groups)
                   for index in range(len(group)))
    cases = [dict(groups[which][index], launch_overhead=GRAPH) for _, which, index in order]
    # One in eight again, launched one by one.
    return [row for index, case in enumerate(cases)
            for row in ([case, dict(case, launch_overhead=EAGER)] if index % 8 == 0 else [case])]


# --- The timers: each returns seconds of one launch, and the kernel's name if it is asked for.


class FakeTimer:
    """A roofline in place of a GPU, so that everything else can be tried anywhere."""

    gpu, framework, memory = "A100-SXM4-80GB", "no framework: invented times", 80 << 30

    def __init__(self, names):
        self.names = names

    def measure(self, case, eager):
        seconds = 3e-6 + bytes_of(case) / 1.5e12
        if case["op"] in ("gemm", "bmm"):
            rate = 15e12 if case["dtype"] == "fp32" else 120e12 if case["dtype"] == "tf32" else 220e12
            seconds += 2 * case["batch"] * case["m"] * case["n"] * case["k"] / rate
        if case["op"].startswith("attention"):
            pairs = case["batch"] * case["heads"] * case["seq_q"] ** 2 / (2 if case["causal"] else 1)
            seconds += pairs * case["head_dim"] * (10 if case["op"] == "attention_bwd" else 4) / 120e12
        return max(seconds, 30e-6) if eager else seconds, "invented" if self.names else ""


class TorchTimer:
    def __init__(self, names):
        try:
            import torch
        except ImportError as error:
            raise Stop(69, f"PyTorch is not installed ({error}); pip install torch, then start this with that Python")
        if not torch.cuda.is_available():
            reason = "this PyTorch was built without CUDA" if torch.version.cuda is None else "nvidia-smi shows what is there"
            raise Stop(65, f"PyTorch sees no NVIDIA GPU: {reason}; --dry-run shows the plan without one")
        self.torch, self.names = torch, names
        properties = torch.cuda.get_device_properties(0)
        self.gpu, self.memory = properties.name, properties.total_memory
        self.cache = getattr(properties, "L2_cache_size", 0) or 64 << 20
        self.framework = f"torch {torch.__version__}"
        self.types = dict(fp32=torch.float32, tf32=torch.float32, fp16=torch.float16, bf16=torch.bfloat16)

    def measure(self, case, eager):
        torch = self.torch
        torch.backends.cuda.matmul.allow_tf32 = case["dtype"] == "tf32"
        # bf16 and fp16 products sum in fp32, as in training.
        torch.backends.cuda.matmul.allow_fp16_reduced_precision_reduction = False
        torch.backends.cuda.matmul.allow_bf16_reduced_precision_reduction = False
        sets = 1 if eager else max(1, min(64, -(-3 * self.cache // bytes_of(case))))
        with torch.no_grad():
            calls = [self.call(case) for _ in range(sets)]
            for _ in range(3):
                calls[0]()
            seconds = self.eager(calls[0]) if eager else self.replayed(calls)
            return seconds, self.kernel_name(calls[0]) if self.names else ""

    def events(self, body):
        start, end = (self.torch.cuda.Event(enable_timing=True) for _ in range(2))
        self.torch.cuda.synchronize()
        start.record()
        body()
        end.record()
        end.synchronize()
        return start.elapsed_time(end) * 1e-3

    def eager(self, call):
        return statistics.median(self.events(call) for _ in range(25))

    def replayed(self, calls):
        once = min(self.events(calls[0]) for _ in range(3))
        # At least 20 launches, and 5 ms, so that starting the graph does not show; all sets equally often.
        rounds = max(1, -(-max(20, min(400, int(5e-3 / once))) // len(calls)))
        graph, results = self.torch.cuda.CUDAGraph(), [None] * len(calls)
        with self.torch.cuda.graph(graph):
            for _ in range(rounds):
                for index, call in enumerate(calls):
                    results[index] = call()
        times = [self.events(graph.replay) for _ in range(9)][2:]
        return statistics.median(times) / (rounds * len(calls))

    def random(self, case, *shape):
        return self.torch.randn(*shape, device="cuda", dtype=self.types[case["dtype"]])

    def call(self, case):
        """A function that launches the case's kernel on operands of its own."""
        torch, op = self.torch, case["op"]
        if op in ("gemm", "bmm"):
            return self.product(case)
        if op.startswith("attention"):
            return self.attention(case)
        if op == "elementwise":
            return self.elementwise(case)
        x = self.random(case, case["rows"], case["cols"])
        if op == "softmax":
            return lambda: torch.softmax(x, -1)
        gain, shape = self.random(case, case["cols"]), (case["cols"],)
        if op == "layernorm":
            return lambda: torch.nn.functional.layer_norm(x, shape, gain, gain)
        if not hasattr(torch.ops.aten, "_fused_rms_norm"):
            raise NotImplementedError("this PyTorch has no fused rms_norm")
        return lambda: torch.ops.aten._fused_rms_norm(x, shape, gain, 1e-5)

    def product(self, case):
        torch, (m, n, k) = self.torch, (case["m"], case["n"], case["k"])
        if case["op"] == "bmm":
            a, b = self.random(case, case["batch"], m, k), self.random(case, case["batch"], k, n)
            return lambda: torch.bmm(a, b)
        # The library's column-major words: TN has weights [n, k], NT has activations [k, m].
        a = self.random(case, k, m).t() if case["layout"] == "NT" else self.random(case, m, k)
        b = self.random(case, n, k).t() if case["layout"] == "TN" else self.random(case, k, n)
        return lambda: torch.mm(a, b)

    def attention(self, case):
        aten, causal = self.torch.ops.aten, bool(case["causal"])
        shape = case["batch"], case["heads"], case["seq_q"], case["head_dim"]
        q, k, v = (self.random(case, *shape) for _ in range(3))
        forward = lambda: aten._scaled_dot_product_flash_attention(q, k, v, 0.0, causal)
        if case["op"] == "attention_fwd":
            return forward
        out, sums, starts_q, starts_k, longest_q, longest_k, seed, offset, _ = forward()
        upstream = self.torch.randn_like(out)
        return lambda: aten._scaled_dot_product_flash_attention_backward(
            upstream, q, k, v, out, sums, starts_q, starts_k, longest_q, longest_k, 0.0, causal, seed, offset)

    def elementwise(self, case):
        torch, functional = self.torch, self.torch.nn.functional
        x, y = (self.random(case, case["elements"]) for _ in range(2))
        return {
            "add tensor-tensor": lambda: x + y, "mul tensor-tensor": lambda: x * y, "mul tensor-scalar": lambda: x * 1.5,
            "relu unary": lambda: torch.relu(x), "gelu unary": lambda: functional.gelu(x),
            "tanh unary": lambda: torch.tanh(x), "silu unary": lambda: functional.silu(x),
        }[case["op_detail"]]

    def kernel_name(self, call):
        """The longest kernel's, as the profiler sees it."""
        from torch.profiler import ProfilerActivity, profile
        with profile(activities=[ProfilerActivity.CUDA]) as trace:
            call()
            self.torch.cuda.synchronize()
        kernels = [e for e in trace.events() if "cuda" in str(e.device_type).lower()]
        return max(kernels, key=lambda e: e.time_range.elapsed_us()).name if kernels else ""


# --- From the plan to the file.


def measure(cases, timer, options, deadline):
    rows, failures = [], {}
    for number, case in enumerate(cases):
        if time.monotonic() > deadline:
            say(f"The time is up: {number} of {len(cases)} cases were tried; --minutes gives more.")
            break
        eager = case["launch_overhead"] == EAGER
        try:
            seconds, name = timer.measure(case, eager)
        except KeyboardInterrupt:
            say(f"Interrupted: the rows of {number} cases are kept.")
            break
        except (RuntimeError, NotImplementedError) as error:  # Out of memory, or a kernel that this GPU does not have.
            reason = str(error).splitlines()[0][:90]
            failures[reason] = failures.get(reason, 0) + 1
            continue
        rows.append(dict(
            case, id=f"{options.prefix}{number:04}", group="measure-gpu", gpu=options.gpu or timer.gpu,
            latency_us=f"{seconds * 1e6:.3f}", kernel_name=name, framework=timer.framework, source="launch/measure-gpu.py",
            cache_state="hot" if eager else "rotating buffers of 3 x L2",
            timing="CUDA events, median of 25" if eager else "CUDA events, graph replay, median of 7"))
    for reason, count in sorted(failures.items()):
        say(f"{count} cases could not be measured: {reason}")
    if not rows:
        raise Stop(70, "nothing could be measured")
    return rows


def text_of(rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def write(path, text):
    """The file appears complete or not at all."""
    part = f"{path}.{os.getpid()}.part"
    try:
        with open(part, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        os.replace(part, path)
    except OSError as error:
        if os.path.exists(part):
            os.remove(part)
        raise Stop(74, f"{path}: cannot be written: {error.strerror}")


def show_plan(cases):
    counts = {}
    for case in cases:
        key = case["op"], case["dtype"], "one by one" if case["launch_overhead"] == EAGER else "from a graph"
        counts[key] = counts.get(key, 0) + 1
    print(f"{len(cases)} cases, in an order of which every beginning is a fair sample; nothing is measured or written.")
    for (op, dtype, launch), count in sorted(counts.items()):
        print(f"  {op:14} {dtype:5} {launch:13} {count:4}")


def say(text):
    print(f"measure-gpu: {text}", file=sys.stderr)


class Parser(argparse.ArgumentParser):
    def error(self, message):
        self.print_usage(sys.stderr)
        raise Stop(64, message)


def options():
    parser = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", help="the CSV file")
    parser.add_argument("--force", action="store_true", help="replace the file if it is there")
    parser.add_argument("--minutes", type=float, default=3, help="end after this time; 3 if nothing is said")
    parser.add_argument("--gpu", help="the GPU's name in the file; the driver's if nothing is said")
    parser.add_argument("--prefix", default="m", help="begins the rows' ids")
    parser.add_argument("--kernel-names", action="store_true", help="also ask the profiler for the kernels' names: slower")
    parser.add_argument("--dry-run", action="store_true", help="print the plan; needs no GPU")
    parser.add_argument("--fake-times", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def main():
    chosen = options()
    if chosen.dry_run:
        cases = plan(FakeTimer.memory)
        rows = measure(cases, FakeTimer(False), chosen, float("inf"))
        assert [row["op"] for row in csv.DictReader(io.StringIO(text_of(rows)))] == [case["op"] for case in cases]
        return show_plan(cases)
    if not chosen.output:
        raise Stop(64, "--output FILE.csv says where the measurements go; --dry-run only shows the plan")
    if not chosen.minutes > 0:
        raise Stop(64, f"--minutes {chosen.minutes}: is not above zero")
    if os.path.exists(chosen.output) and not chosen.force:
        raise Stop(64, f"{chosen.output} is there already; --force replaces it")
    deadline = time.monotonic() + chosen.minutes * 60
    timer = (FakeTimer if chosen.fake_times else TorchTimer)(chosen.kernel_names)
    rows = measure(plan(timer.memory), timer, chosen, deadline)
    write(chosen.output, text_of(rows))
    print(f"{chosen.output}: {len(rows)} rows of {chosen.gpu or timer.gpu}; next: orrery calibrate {chosen.output}")


if __name__ == "__main__":
    try:
        main()
    except Stop as stop:
        say(f"error: {stop.text}")
        sys.exit(stop.code)
