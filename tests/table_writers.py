"""How pandas, polars, R and NumPy write tables of numbers: imitated, so that none of them need be installed.

A table is its columns by name: whole numbers (int) or others (float), with NaN where a value is missing. pandas' and
polars' texts are theirs byte for byte (`python -m table_writers` compares, where they are installed); R's follow the
manual of write.table, with the 15 digits that R keeps.
"""

from __future__ import annotations

import csv
import io
import math
import random

MINIMAL, ALL, TEXTS = csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC

Table = dict[str, list[float]]


def rows_of(table: Table) -> list[tuple[float, ...]]:
    return list(zip(*table.values(), strict=True))


def pandas(table: Table, *, sep=",", decimal=".", quoting=MINIMAL, index=True, header=True) -> str:
    """`DataFrame.to_csv`."""

    def cell(value: float) -> object:
        if isinstance(value, int):
            return value
        text = "" if math.isnan(value) else repr(value)
        # With decimal points it leaves floats to the csv module, which puts no quotation marks around them.
        return value if decimal == "." and text else text.replace(".", decimal)

    file = io.StringIO()
    writer = csv.writer(file, delimiter=sep, quoting=quoting, lineterminator="\n")
    if header:
        writer.writerow([""] * index + list(table))
    writer.writerows([[i] * index + list(map(cell, row)) for i, row in enumerate(rows_of(table))])
    return file.getvalue()


def polars(table: Table, *, separator=",", decimal_comma=False, quote_style="necessary", header=True) -> str:
    """`DataFrame.write_csv`."""

    def quoted(text: str, is_text: bool) -> str:
        needed = any(sign in text for sign in (separator, '"', "\n")) or (is_text and text == "")
        if quote_style == "always" or (quote_style == "non_numeric" and is_text) or needed:
            return '"' + text.replace('"', '""') + '"'
        return text

    def cell(value: float) -> str:
        if isinstance(value, int):
            return quoted(str(value), False)
        text = "NaN" if math.isnan(value) else _ryu(value)
        text = text.replace(".", "," if decimal_comma else ".")
        # Where commas separate too, it puts all floats into quotation marks.
        return f'"{text}"' if decimal_comma and separator == "," else quoted(text, False)

    lines = [[quoted(name, True) for name in table]] * header + [list(map(cell, row)) for row in rows_of(table)]
    return "".join(separator.join(line) + "\n" for line in lines)


def _ryu(value: float) -> str:
    """The shortest digits, with an exponent outside of 10⁻⁵ … 10¹⁶."""
    text = repr(value).replace("e-0", "e-")
    if text.endswith("e-5"):
        digits = text.removesuffix("e-5").replace(".", "").lstrip("-")
        return f"{'-' * (value < 0)}0.0000{digits}"
    return text


def r(table: Table, *, sep=" ", dec=".", quote=True, row_names=True, col_names=True, corner=False) -> str:
    """`write.table`; with a `corner`, as write.csv and write.csv2, a name above the row names too."""

    def text(content: str) -> str:
        return '"' + content.replace('"', '""') + '"' if quote else content

    def cell(value: float) -> str:
        return "NA" if math.isnan(value) else f"{value:.15g}".replace(".", dec)

    head = [text("")] * (corner and row_names) + list(map(text, table))
    lines = [head] * col_names + [
        [text(str(i))] * row_names + list(map(cell, row)) for i, row in enumerate(rows_of(table), 1)
    ]
    return "".join(sep.join(line) + "\n" for line in lines)


def numpy(table: Table, *, delimiter=" ", header=True, footer=False) -> str:
    """`numpy.savetxt`, with a header of names."""
    lines = [delimiter.join(f"{value:.18e}" for value in row) for row in rows_of(table)]
    return "".join(f"{line}\n" for line in ["# " + delimiter.join(table)] * header + lines + ["# the end"] * footer)


def compare() -> None:
    """Hold pandas' and polars' texts against those that they write themselves."""
    import pandas as pd  # type: ignore[import-not-found]
    import polars as pl  # type: ignore[import-not-found]

    draw, count = random.Random(0), 0
    for _ in range(400):
        n = draw.randint(2, 6)
        floats = [
            draw.choice([draw.gauss(0, 1), 10 ** draw.uniform(-320, 300), 1e-5, -2.5e-5, 1e16, 2.0]) for _ in range(n)
        ]
        names = [*draw.sample(["x", "a b", "n,k", 'q"', "s;t", "größe", "2019"], 2), "w"]
        columns = [floats, [draw.randint(-99, 99) for _ in range(n)], [*floats[1:], math.nan]]
        table = dict(zip(names, columns, strict=True))
        for sep in ",;\t| ":
            for decimal in ".,":
                for quoting in (MINIMAL, ALL, TEXTS):
                    for index in (False, True):
                        own = pandas(table, sep=sep, decimal=decimal, quoting=quoting, index=index)
                        theirs = pd.DataFrame(table).to_csv(sep=sep, decimal=decimal, quoting=quoting, index=index)
                        assert own == theirs, (own, theirs)
                        count += 1
                for style in ("necessary", "always", "non_numeric"):
                    own = polars(table, separator=sep, decimal_comma=decimal == ",", quote_style=style)
                    theirs = pl.DataFrame(table).write_csv(
                        separator=sep, decimal_comma=decimal == ",", quote_style=style
                    )
                    assert own == theirs, (own, theirs)
                    count += 1
    print(f"{count:,} texts of pandas {pd.__version__} and polars {pl.__version__} are the same, byte for byte")


if __name__ == "__main__":
    compare()
