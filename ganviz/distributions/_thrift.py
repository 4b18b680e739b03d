"""Just enough of Thrift's compact protocol to read the headers of Parquet's pages before anything is unpacked."""

from __future__ import annotations

from typing import Any

DEPTH = 8
"""How deep structures may be nested; those of a page's header are nested three deep."""


class Reader:
    """Reads values one after the other. Raises `ValueError` or `IndexError` for what is no Thrift."""

    def __init__(self, content: bytes, at: int) -> None:
        self._content = content
        self.at = at
        """Where the next value begins."""

    def struct(self, depth: int = 0) -> dict[int, Any]:
        """A structure: field number → value; texts and lists are skipped (None)."""
        if depth > DEPTH:
            raise ValueError("nested too deeply")
        fields: dict[int, Any] = {}
        number = 0
        while head := self._byte():
            number = number + (head >> 4) if head >> 4 else self._integer()
            fields[number] = self._value(head & 15, depth)
        return fields

    def _value(self, kind: int, depth: int) -> Any:
        if kind in (1, 2):  # a truth value is its own type
            return kind == 1
        if kind == 3:
            return self._byte()
        if kind in (4, 5, 6):
            return self._integer()
        if kind == 7:
            return self._skip(8)
        if kind == 8:
            return self._skip(self._varint())
        if kind in (9, 10):
            return self._list(depth)
        if kind == 12:
            return self.struct(depth + 1)
        raise ValueError("a type that no page has")

    def _list(self, depth: int) -> None:
        head = self._byte()
        size = head >> 4 if head >> 4 < 15 else self._varint()
        if size > len(self._content) - self.at:
            raise ValueError("a list longer than the file")
        for _ in range(size):
            # Unlike a field, a truth value in a list takes a byte.
            self._byte() if head & 15 in (1, 2) else self._value(head & 15, depth + 1)

    def _byte(self) -> int:
        self.at += 1
        return self._content[self.at - 1]

    def _varint(self) -> int:
        value = shift = 0
        while shift < 70:
            byte = self._byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7
        raise ValueError("an integer of more than 64 bits")

    def _integer(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)

    def _skip(self, length: int) -> None:
        if length > len(self._content) - self.at:
            raise ValueError("longer than the file")
        self.at += length
