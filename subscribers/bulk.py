"""Many rows added, or each changed to values of its own, in one statement or one prepared one.

PostgreSQL takes all of them as one JSON document: a statement a row, or one with a parameter for each value, costs it and its
driver many times as much. SQLite has no such cost.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Table, bindparam, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlmodel import Session, SQLModel

Rows = Sequence[Mapping[str, Any]]


def insert_rows(
    session: Session, table: type[SQLModel], rows: Rows, *, returning: Sequence[str] = (), unless: str = ""
) -> Sequence[Row[Any]]:
    """Add these rows, which all have the same columns; gives the columns `returning` of each, in no order.

    A row whose value of the column `unless` is there already is left out.
    """
    if not rows:
        return []
    made = _table(table)
    if session.get_bind().dialect.name == "postgresql":
        return _insert_from_json(session, made, rows, returning, unless)
    add = sqlite.insert(made)
    if unless:
        add = add.on_conflict_do_nothing(index_elements=[unless])
    values = [dict(row) for row in rows]
    if not returning:
        session.connection().execute(add, values)
        return []
    return session.connection().execute(add.returning(*(made.c[name] for name in returning)), values).all()


def update_rows(session: Session, table: type[SQLModel], columns: Mapping[str, str], rows: Rows) -> None:
    """Set these columns of the rows that `key` names by their id. `columns` maps names to types of PostgreSQL."""
    if not rows:
        return
    made = _table(table)
    if session.get_bind().dialect.name == "postgresql":
        fields = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        sets = ", ".join(f'"{name}" = given."{name}"' for name in columns)
        statement = text(
            f'UPDATE "{made.name}" SET {sets} FROM json_to_recordset(CAST(:given AS json)) '  # noqa: S608  names of ours
            f'AS given(key integer, {fields}) WHERE "{made.name}".id = given.key'
        )
        session.connection().execute(statement, {"given": _as_json(rows)})
        return
    values = {name: bindparam(f"new_{name}", type_=made.c[name].type) for name in columns}
    session.connection().execute(
        update(made).where(made.c.id == bindparam("key")).values(values),
        [{"key": row["key"], **{f"new_{name}": row[name] for name in columns}} for row in rows],
    )


def _insert_from_json(
    session: Session, made: Table, rows: Rows, returning: Sequence[str], unless: str
) -> Sequence[Row[Any]]:
    fixed = {
        column.name: column.default.arg
        for column in made.c
        if column.name not in rows[0] and isinstance(column.default, ScalarElementColumnDefault)
    }
    names = [*rows[0], *fixed]
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # it has no types
    fields = ", ".join(f'"{name}" {made.c[name].type.compile(dialect)}' for name in names)
    listed = ", ".join(f'"{name}"' for name in names)
    conflict = f' ON CONFLICT ("{unless}") DO NOTHING' if unless else ""
    back = f" RETURNING {', '.join(returning)}" if returning else ""
    statement = text(
        f'INSERT INTO "{made.name}" ({listed}) SELECT {listed} '  # noqa: S608  names of ours
        f"FROM json_to_recordset(CAST(:given AS json)) AS given({fields}){conflict}{back}"
    )
    found = session.connection().execute(statement, {"given": _as_json([{**row, **fixed} for row in rows])})
    return found.all() if returning else []


def _as_json(rows: Rows) -> str:
    return json.dumps([dict(row) for row in rows], default=datetime.isoformat)


def _table(table: type[SQLModel]) -> Table:
    return table.metadata.tables[str(table.__tablename__)]
