"""Products of matrices, by the machine and by torch: python tests/benchmarks/products.py [--rounds 31] [--batch 512]

The products in networks: a layer's output x Wᵀ + b, the gradient of its input g W, and that of its weights gᵀ x. Both
run on one thread, by turns; the numbers are medians of the process's time. Beside them stands the most that this core
can do: independent fused multiply-adds and nothing else.
"""

from __future__ import annotations

import argparse
import ctypes
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
import numpy.typing as npt
import torch

from ganviz.machine.build import FLAGS, KERNELS, variants
from ganviz.machine.compilers import find_compiler
from ganviz.machine.library import Library, library
from ganviz.machine.products import prepared, scratch_of, workspace

Array = npt.NDArray[np.float32]

Call = Callable[[], object]

LAYERS = (
    (64, 64), (128, 128), (256, 256), (128, 784), (784, 128),
    (64, 1), (64, 2), (128, 2), (1, 64), (2, 64), (1, 128), (6, 6), (10, 10), (16, 16),
)  # fmt: skip
"""Of each layer: how many numbers come out, and how many go in."""

PEAK = """
#include "fused.h"
__attribute__((visibility("default"))) void peak(int64_t count, float *number) {
  F32 sum[12], x = splat_f32(number[0]);
_Pragma("GCC unroll 12") for (int i = 0; i < 12; i++) sum[i] = splat_f32(number[i]);
  for (; count > 0; count--) {
_Pragma("GCC unroll 12") for (int i = 0; i < 12; i++) sum[i] = fused_f32(x, x, sum[i]);
  }
_Pragma("GCC unroll 12") for (int i = 0; i < 12; i++) number[i] = sum[i][0];
}
"""


def seconds(call: Call, times: int) -> float:
    """Of one call, by the process's time."""
    begin = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - begin) / times


def peak(chosen: Library) -> float:
    """GFLOP/s of nothing but fused multiply-adds."""
    variant = next(variant for variant in variants() if variant.name == chosen.variant)
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder, "peak.c"), Path(folder, "peak.so")
        source.write_text(PEAK)
        width = f"-DVECTOR_BYTES={variant.vector_bytes}"
        find_compiler()(*FLAGS, *variant.flags, width, f"-I{KERNELS}", "-shared", str(source), "-o", str(made))
        loop, numbers, count = ctypes.CDLL(str(made)).peak, np.full(12, 1e-30, np.float32), 1_000_000
        where = ctypes.c_void_p(numbers.ctypes.data)
        best = min(seconds(lambda: loop(ctypes.c_int64(count), where), 1) for _ in range(20))
    return 2 * 12 * variant.vector_bytes / 4 * count / best / 1e9


def operands(kind: str, batch: int, fan_out: int, fan_in: int) -> tuple[Array, Array, Array | None]:
    """The two factors, and for an output the bias."""
    rng = np.random.default_rng(0)
    x, g, w = (numbers(rng, shape) for shape in ((batch, fan_in), (batch, fan_out), (fan_out, fan_in)))
    if kind == "output":
        return x, w.T, numbers(rng, (fan_out,))
    return (g, w, None) if kind == "input" else (g.T, x, None)


def numbers(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return rng.normal(size=shape).astype(np.float32)


def of_machine(a: Array, b: Array, bias: Array | None) -> Call:
    out = np.empty((len(a), b.shape[1]), np.float32)
    return prepared(library(), out, workspace(scratch_of(*out.shape, len(b)), np.float32), a, b, bias)


def of_torch(a: Array, b: Array, bias: Array | None) -> Call:
    left, right, out = torch.from_numpy(a), torch.from_numpy(b), torch.empty(len(a), b.shape[1])
    if bias is None:
        return lambda: torch.mm(left, right, out=out)
    start = torch.from_numpy(bias)
    return lambda: torch.addmm(start, left, right, out=out)


def row(kind: str, batch: int, layer: tuple[int, int], rounds: int, most: float) -> str:
    """What the two take for one product."""
    a, b, bias = operands(kind, batch, *layer)
    ours, torchs = of_machine(a, b, bias), of_torch(a, b, bias)
    (m, k), n = a.shape, b.shape[1]
    work = 2e-9 * m * n * k
    times = min(100, 1 + int(2e-4 * most / work))
    pairs = [(seconds(ours, times), seconds(torchs, times)) for _ in range(rounds + 1)][1:]
    one, other = (median(column) for column in zip(*pairs, strict=True))
    return (
        f"| {kind} | {m} × {n} × {k} | {one * 1e6:.1f} | {work / one:.1f} | {work / one / most:.0%} "
        f"| {other * 1e6:.1f} | {work / other:.1f} | {other / one:.2f}× |"
    )


def main() -> None:
    """Print a row for each product."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=31)
    parser.add_argument("--batch", type=int, default=512)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    most = peak(library())
    print(f"variant {library().variant}, at most {most:.0f} GFLOP/s\n")
    print("| | m × n × k | µs | GFLOP/s | of the most | torch: µs | GFLOP/s | faster |\n" + "|---" * 8 + "|")
    for kind in ("output", "input", "weights"):
        for layer in LAYERS:
            print(row(kind, asked.batch, layer, asked.rounds, most), flush=True)


if __name__ == "__main__":
    main()
