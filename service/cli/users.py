"""`kennispost users`: the first administrator, and whoever follows. Output is JSON Lines."""

import json
from typing import Annotated

import typer

from service.audit import Act, note_act
from service.database import reading, writing
from service.errors import ServiceError
from service.runtime import build_runtime
from service.settings import load_settings
from service.users import (
    RoleName,
    add_user,
    all_users,
    make_sign_in_link,
    roles_of,
    sign_in_address,
    user_by_address,
)
from subscribers.errors import SubscribersError

users = typer.Typer(name="users", help="People of the desk.", no_args_is_help=True)
COMMAND_LINE = "command line"
"""Who did it, in the audit."""


@users.command()
def add(
    address: Annotated[str, typer.Argument(help="E-mail address; the sign-in link belongs to it.")],
    name: Annotated[str, typer.Option(help="Name, as colleagues see it.")] = "",
    role: Annotated[list[RoleName] | None, typer.Option(help="May be given more than once.")] = None,
) -> None:
    """Add someone and print {"address","roles","sign_in"}.."""
    runtime = build_runtime(load_settings())
    now = runtime.clock()
    try:
        with writing(runtime.engine) as session:
            user = user_by_address(session, address)
            if user is not None:
                raise typer.Exit(
                    _refuse(
                        f"There is a user {user.address} already. Use: kennispost users link {user.address}"
                    )
                )
            user = add_user(session, address=address, name=name, roles=role or [RoleName.EDITOR], now=now)
            roles = sorted(roles_of(session, user))
            link = make_sign_in_link(session, user=user, now=now)
            note_act(
                session,
                actor=COMMAND_LINE,
                action=Act.USER_ADDED,
                now=now,
                subject=user.address,
                detail=", ".join(roles),
            )
            line = {
                "address": user.address,
                "roles": roles,
                "sign_in": sign_in_address(runtime.settings, link, now),
            }
    except (SubscribersError, ServiceError) as error:
        raise typer.Exit(_refuse(str(error))) from error
    typer.echo(json.dumps(line, ensure_ascii=False))


@users.command()
def link(address: Annotated[str, typer.Argument(help="Of someone who is there already.")]) -> None:
    """Print a fresh sign-in link: {"address","roles","sign_in"}."""
    runtime = build_runtime(load_settings())
    now = runtime.clock()
    with writing(runtime.engine) as session:
        user = user_by_address(session, address)
        if user is None or not user.active:
            raise typer.Exit(_refuse(f"There is no active user {address}."))
        made = make_sign_in_link(session, user=user, now=now)
        line = {
            "address": user.address,
            "roles": sorted(roles_of(session, user)),
            "sign_in": sign_in_address(runtime.settings, made, now),
        }
    typer.echo(json.dumps(line, ensure_ascii=False))


@users.command("list")
def listed() -> None:
    """Print everyone: {"address","name","roles","active"}."""
    runtime = build_runtime(load_settings())
    with reading(runtime.engine) as session:
        for user, roles in all_users(session):
            line = {"address": user.address, "name": user.name, "roles": sorted(roles), "active": user.active}
            typer.echo(json.dumps(line, ensure_ascii=False))


def _refuse(text: str) -> int:
    typer.echo(text, err=True)
    return 1
