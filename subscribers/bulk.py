"""Many rows changed at once, each to values of its own, in one statement or one prepared one."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, text, update
from sqlmodel import Session, SQLModel


def update_rows(
    session: Session, table: type[SQLModel], columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]
) -> None:
    """Set these columns of the rows that `key` names by their id. `columns` maps names to types of PostgreSQL.

    PostgreSQL takes all of it as one JSON document: a statement a row costs it ten times as much. SQLite has no such cost.
    """
    if not rows:
        return
    made = table.metadata.tables[str(table.__tablename__)]
    if session.get_bind().dialect.name == "postgresql":
        fields = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        sets = ", ".join(f'"{name}" = given."{name}"' for name in columns)
        statement = text(
            f'UPDATE "{made.name}" SET {sets} FROM json_to_recordset(CAST(:given AS json)) '  # noqa: S608  names of ours
            f'AS given(key integer, {fields}) WHERE "{made.name}".id = given.key'
        )
        session.connection().execute(statement, {"given": json.dumps([dict(row) for row in rows])})
        return
    values = {name: bindparam(f"new_{name}", type_=made.c[name].type) for name in columns}
    session.connection().execute(
        update(made).where(made.c.id == bindparam("key")).values(values),
        [{"key": row["key"], **{f"new_{name}": row[name] for name in columns}} for row in rows],
    )
