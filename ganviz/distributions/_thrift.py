"""As much of Thrift's compact protocol as it takes to read what a Parquet file says about itself."""

from __future__ import annotations

from typing import Any

Fields = dict[tuple[int, int], Any]
"""A structure: (number of a field, its kind) → value. As in Thrift, a field of an unexpected kind is another field."""

BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, STRUCT = 3, 4, 5, 6, 7, 8, 9, 10, 12
"""Kinds of values. True and false are kinds of their own, 1 and 2."""

BITS = {I16: 16, I32: 32, I64: 64}

DEPTH = 24
"""How deep lists and structures may be nested; Parquet's are half as deep."""


class Reader:
    """Reads values one after the other. Raises `ValueError` or `IndexError` for what is no Thrift, and for what other
    readers might understand differently: integers that are too long, fields that are there twice."""

    def __init__(self, content: bytes, at: int, most: int | None = None) -> None:
        """`most`: how many values may be read, if not any number."""
        self._content = content
        self._left = len(content) if most is None else most
        self.at = at
        """Where the next value begins."""

    def struct(self, depth: int = 0) -> Fields:
        """The fields of the structure that begins here."""
        fields: Fields = {}
        number = 0
        numbers = set()
        while head := self._byte():
            number = number + (head >> 4) if head >> 4 else self._integer(16)
            if number in numbers or not 0 < number < 2**15:
                raise ValueError("a field that is there twice, or has no number")
            numbers.add(number)
            kind = head & 15
            fields[number, kind] = kind == 1 if kind in (1, 2) else self._value(kind, depth + 1)
        return fields

    def _value(self, kind: int, depth: int) -> Any:
        self._left -= 1
        if depth > DEPTH or self._left < 0:
            raise ValueError("nested too deeply, or more values than there can be")
        if kind in BITS:
            return self._integer(BITS[kind])
        if kind in (1, 2, BYTE):  # in a list, unlike in a structure, a truth value takes a byte
            return self._byte()
        if kind in (DOUBLE, BINARY):
            return self._bytes(8 if kind == DOUBLE else self._varint())
        if kind in (LIST, SET):
            return self._list(depth)
        if kind == STRUCT:
            return self.struct(depth)
        raise ValueError("a kind that Parquet has not")

    def _list(self, depth: int) -> list[Any]:
        head = self._byte()
        size = head >> 4 if head >> 4 < 15 else self._varint()
        return [self._value(head & 15, depth + 1) for _ in range(size)]

    def _byte(self) -> int:
        self.at += 1
        return self._content[self.at - 1]

    def _bytes(self, length: int) -> bytes:
        if length > len(self._content) - self.at:
            raise ValueError("longer than the file")
        self.at += length
        return self._content[self.at - length : self.at]

    def _varint(self) -> int:
        value = shift = 0
        while shift < 70:
            byte = self._byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7
        raise ValueError("an integer of more than 64 bits")

    def _integer(self, bits: int) -> int:
        value = self._varint()
        if value >= 1 << bits:
            raise ValueError(f"an integer of more than {bits} bits")
        return (value >> 1) ^ -(value & 1)
