"""Writes the constants and polynomials that the machine's elementary functions use.

    python tools/make_coefficients.py [FILE]

A polynomial approximates what is left of a function when its leading terms are taken out, so that rounding its own
coefficients does no harm. It is Chebyshev's, hardly worse than the best one (Remez), and has as many terms as it takes
for the error to vanish beside the last bit of the result. All is computed to 50 digits with mpmath and written as
hexadecimal fractions, which C and `float.fromhex` read without rounding.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import mpmath
from mpmath import mp, mpf

HEADER = Path(__file__).parents[1] / "ganviz" / "machine" / "kernels" / "coefficients.h"

TITLE = """// Written by tools/make_coefficients.py, which says what each of them approximates. Do not edit.

#ifndef COEFFICIENTS_H
#define COEFFICIENTS_H
"""

TYPES = {"f32": "float", "f64": "double"}

BITS = {"f32": 24, "f64": 53}

ENOUGH = {"f32": mpf(2) ** -30, "f64": mpf(2) ** -60}
"""How large a polynomial's error may be beside the result."""

Function = Callable[[mpf], mpf]


class Polynomial(NamedTuple):
    """A polynomial to be found, for a function between `start` and `end`."""

    name: str
    function: Function
    start: mpf
    end: mpf
    weight: mpf
    """How large its own error is in the result, at most."""
    at_zero: mpf
    """The function's limit where its formula divides 0 by 0."""
    types: dict[str, str]
    """By the suffix of its name: how precise the result is."""

    def coefficients(self, precision: str) -> list[mpf]:
        """From the constant term upwards."""

        def smooth(t: mpf) -> mpf:
            return self.at_zero if abs(t) < mpf(10) ** -18 else self.function(t)

        for terms in range(2, 20):
            found, error = mpmath.chebyfit(smooth, [self.start, self.end], terms, error=True)
            if error * self.weight < ENOUGH[precision]:
                return list(reversed(found))
        raise ArithmeticError(self.name)


def polynomials() -> list[Polynomial]:
    """All of them. Functions of a square are given that square, z."""
    both = {"f32": "f32", "f64": "f64"}
    rest = mp.log(2) / 2 * mpf("1.0001")
    widest = ((mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)) ** 2 * mpf("1.0001")
    eighth = (mp.pi / 4 * mpf("1.0001")) ** 2
    turn = mpf(1) / 64

    def atanh_beyond(z: mpf) -> mpf:
        return (mp.atanh(mp.sqrt(z)) / mp.sqrt(z) - 1) / z

    def sine_beyond(z: mpf) -> mpf:
        return (mp.sin(mp.sqrt(z)) / mp.sqrt(z) - 1) / z

    def cosine_beyond(z: mpf) -> mpf:
        return ((mp.cos(mp.sqrt(z)) - 1) / z + mpf(1) / 2) / z

    def turn_sine_beyond(z: mpf) -> mpf:
        return (mp.sin(2 * mp.pi * mp.sqrt(z)) / mp.sqrt(z) - 2 * mp.pi) / z

    def turn_cosine(z: mpf) -> mpf:
        return (mp.cos(2 * mp.pi * mp.sqrt(z)) - 1) / z

    return [
        # exp(r) = 1 + r + r² EXP(r)
        Polynomial("EXP", lambda r: (mp.expm1(r) - r) / r**2, -rest, rest, rest**2, mpf(1) / 2, both),
        # log((1 + s) / (1 - s)) = 2 s + s z LOG(z), z = s²
        Polynomial("LOG", lambda z: 2 * atanh_beyond(z), mpf(0), widest, widest, mpf(2) / 3, both),
        # log((1 + s) / (1 - s)) = 2 s (1 + z / 3 + z² LOG_FAR(z)), for pow, which needs twelve bits more
        Polynomial(
            "LOG_FAR",
            lambda z: (atanh_beyond(z) - mpf(1) / 3) / z,
            mpf(0),
            widest,
            mpf(2) ** 12 * widest**2,
            mpf(1) / 5,
            {"f64": "f64"},
        ),
        # sin(r) = r + r z SINE(z), cos(r) = 1 - z / 2 + z² COSINE(z), z = r²; `short` is enough for a float
        Polynomial("SINE", sine_beyond, mpf(0), eighth, eighth, -mpf(1) / 6, {"f64": "f64", "short_f64": "f32"}),
        Polynomial("COSINE", cosine_beyond, mpf(0), eighth, eighth**2, mpf(1) / 24, {"f64": "f64", "short_f64": "f32"}),
        # sin(2 π t) = 2 π t + t z TURN_SINE(z), cos(2 π t) = 1 + z TURN_COSINE(z), z = t²
        Polynomial("TURN_SINE", turn_sine_beyond, mpf(0), turn, turn / 6, -((2 * mp.pi) ** 3) / 6, both),
        Polynomial("TURN_COSINE", turn_cosine, mpf(0), turn, turn, -2 * mp.pi**2, both),
    ]


def constants() -> dict[str, list[mpf]]:
    """Single numbers, some as a sum of parts: the first `bits` of a number, then the next ones."""
    return {
        "LOG2_E_f32": parts(1 / mp.log(2), [24]),
        "LOG2_E_f64": parts(1 / mp.log(2), [53]),
        # The head ends in zeros, so that its product with an exponent is exact.
        "LN2_f32": parts(mp.log(2), [16, 24]),
        "LN2_f64": parts(mp.log(2), [42, 53]),
        "TWO_OVER_PI_f64": parts(2 / mp.pi, [53]),
        "HALF_PI_f64": parts(mp.pi / 2, [53, 53, 53]),
        "TWO_PI_f32": parts(2 * mp.pi, [24, 24]),
        "TWO_PI_f64": parts(2 * mp.pi, [53, 53]),
        "THIRD_f64": parts(mpf(1) / 3, [53, 53]),
    }


def parts(number: mpf, bits: list[int]) -> list[mpf]:
    """The number as a sum: each part is what is left, rounded to so many bits."""
    found: list[mpf] = []
    for count in bits:
        found.append(rounded(number - sum(found), count))
    return found


def rounded(number: mpf, bits: int) -> mpf:
    """To the nearest number of so many binary digits."""
    with mp.workprec(bits):
        return +number


def written(name: str, numbers: list[mpf], precision: str) -> str:
    """One constant as C: a number, or an array of them."""
    ending = "f" if precision == "f32" else ""
    texts = [float(rounded(number, BITS[precision])).hex() + ending for number in numbers]
    if len(texts) == 1:
        return f"static const {TYPES[precision]} {name} = {texts[0]};\n"
    lines = "".join(f"    {text},\n" for text in texts)
    return f"static const {TYPES[precision]} {name}[] = {{\n{lines}}};\n"


def header() -> str:
    """The whole file."""
    lines = [TITLE]
    lines += [written(name, numbers, name[-3:]) for name, numbers in constants().items()]
    for polynomial in polynomials():
        for suffix, precision in polynomial.types.items():
            lines.append(written(f"{polynomial.name}_{suffix}", polynomial.coefficients(precision), suffix[-3:]))
    return "\n".join([*lines, "#endif\n"])


def main() -> None:
    """Write the file, and say where."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else HEADER
    path.write_text(header(), "utf-8")
    print(f"{path.name}: {len(polynomials())} functions")


mp.dps = 50

if __name__ == "__main__":
    main()
