"""Many: a condition that takes all its values as one, where to name each takes longer than to find the answer."""

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, Boolean, ColumnElement, Dialect, Integer, String, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import AutoString


class _Numbers(TypeDecorator[Collection[Any]]):
    """Whole numbers as one parameter: a JSON document for SQLite, an array for PostgreSQL."""

    impl = Text
    cache_ok = True
    item: type[TypeEngine[Any]] = Integer

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """What the driver is given."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else ARRAY(self.item))

    def process_bind_param(self, value: Collection[Any] | None, dialect: Dialect) -> Any:
        """The values as the one that the engine takes."""
        return json.dumps(list(value or ())) if dialect.name == "sqlite" else list(value or ())


class _Texts(_Numbers):
    """Texts as one parameter."""

    cache_ok = True
    item = Text


class _Among(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:  # noqa: ARG002  # the name is SQLAlchemy's
        """Itself: it is written with its operator, and what SQLite compares with 1 it does not look up in an index."""
        return self


def among(column: Any, name: str) -> ColumnElement[bool]:
    """Whether a column of numbers or of texts has one of the values that are given, as a collection, under this name.

    Raises:
        TypeError: a column of another kind.
    """
    if type(column.type) is Integer:
        return _Among(column, bindparam(name, type_=_Numbers()))
    if not isinstance(column.type, String | AutoString):
        raise TypeError(f"{column} holds neither plain numbers nor texts.")
    return _Among(column, bindparam(name, type_=_Texts()))


@compiles(_Among, "sqlite")
def _in_document(element: _Among, compiler: SQLCompiler, **how: Any) -> str:
    column, values = (compiler.process(one, **how) for one in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608  # a column's name and a placeholder


@compiles(_Among, "postgresql")
def _in_array(element: _Among, compiler: SQLCompiler, **how: Any) -> str:
    column, values = (compiler.process(one, **how) for one in element.clauses)
    return f"{column} = ANY ({values})"
