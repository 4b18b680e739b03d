"""InRoom: what makes a field of the experiment an option."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import GetCoreSchemaHandler
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, core_schema

from ganviz.option import Invalid, Option, names, resolve


@dataclass(frozen=True)
class InRoom:
    """Marks a field as an option, or a tuple of options, of that room, and teaches pydantic to read and write it."""

    room: str
    """The room's name, such as ``"losses"``."""

    def read(self, value: object) -> Option:
        """One option, from any of its three forms."""
        return resolve(self.room, value)

    def read_all(self, value: object) -> tuple[Option, ...]:
        """Several options, from a list of any of their forms."""
        if not isinstance(value, list | tuple):
            raise Invalid(f'{self.room} is a list of options, such as ["{names(self.room)[0]}"].')
        return tuple(self.read(item) for item in value)

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        if isinstance(source, type) and issubclass(source, Option):
            return core_schema.no_info_plain_validator_function(
                self.read,
                serialization=core_schema.plain_serializer_function_ser_schema(lambda option: option.to_dict()),
            )
        return core_schema.no_info_plain_validator_function(
            self.read_all,
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda options: [option.to_dict() for option in options]
            ),
        )


def room_of(field: FieldInfo) -> str | None:
    """The room from which a field's options are; None for a field of another type."""
    return next((mark.room for mark in field.metadata if isinstance(mark, InRoom)), None)
