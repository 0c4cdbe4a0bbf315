"""`kennispost users`: the first administrator, and whoever follows. Output is JSON Lines."""

import json
from datetime import datetime
from typing import Annotated

import typer
from sqlmodel import Session

from service.audit import COMMAND_LINE, Act, note_act
from service.cli.failing import stated_failures
from service.database import reading, writing
from service.errors import UnknownUser
from service.preparing import prepare_or_refuse
from service.runtime import Runtime, build_runtime
from service.settings import load_settings
from service.users import (
    RoleName,
    User,
    add_user,
    all_users,
    make_sign_in_link,
    roles_of,
    sign_in_address,
    user_by_address,
)

users = typer.Typer(name="users", help="People of the desk.", no_args_is_help=True)


@users.command()
def add(
    address: Annotated[str, typer.Argument(help="E-mail address; the sign-in link belongs to it.")],
    name: Annotated[str, typer.Option(help="Name, as colleagues see it.")] = "",
    role: Annotated[list[RoleName] | None, typer.Option(help="May be given more than once.")] = None,
) -> None:
    """Add someone (editor, unless told otherwise) and print {"address","roles","sign_in"}."""
    with stated_failures():
        runtime, now = _begin()
        with writing(runtime.engine) as session:
            user = add_user(session, address=address, name=name, roles=role or [RoleName.EDITOR], now=now)
            roles = ", ".join(sorted(roles_of(session, user)))
            note_act(
                session,
                actor=COMMAND_LINE,
                action=Act.USER_ADDED,
                now=now,
                subject=user.address,
                detail=roles,
            )
            line = _with_link(session, runtime, user, now)
        typer.echo(line)


@users.command()
def link(address: Annotated[str, typer.Argument(help="Of someone who is there already.")]) -> None:
    """Print a fresh sign-in link: {"address","roles","sign_in"}."""
    with stated_failures():
        runtime, now = _begin()
        with writing(runtime.engine) as session:
            user = user_by_address(session, address)
            if user is None or not user.active:
                raise UnknownUser(
                    f"There is no active user {address}. `kennispost users list` shows who there are."
                )
            line = _with_link(session, runtime, user, now)
        typer.echo(line)


@users.command("list")
def listed() -> None:
    """Print everyone: {"address","name","roles","active"}."""
    with stated_failures():
        runtime, _now = _begin()
        with reading(runtime.engine) as session:
            for user, roles in all_users(session):
                line = {
                    "address": user.address,
                    "name": user.name,
                    "roles": sorted(roles),
                    "active": user.active,
                }
                typer.echo(json.dumps(line, ensure_ascii=False))


def _begin() -> tuple[Runtime, datetime]:
    runtime = build_runtime(load_settings())
    prepare_or_refuse(runtime)
    return runtime, runtime.clock()


def _with_link(session: Session, runtime: Runtime, user: User, now: datetime) -> str:
    """The line for a user with a new link. It is printed after the commit: a link that was not stored opens nothing."""
    made = make_sign_in_link(session, user=user, now=now)
    address = sign_in_address(runtime.settings, made, now)
    line = {"address": user.address, "roles": sorted(roles_of(session, user)), "sign_in": address}
    return json.dumps(line, ensure_ascii=False)
