"""`kennispost bench crash`: kill the senders at random, and prove that nobody is skipped and nobody gets a message twice."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from service.bench.ending import ended_in_order
from service.bench.killing import TROUBLES, CrashCourse, CrashPlan, crash_course
from service.bench.proof import Evidence, Proofs, prove
from service.bench.telling import give, tell


def crash(
    *,
    kills: Annotated[int, typer.Option(help="Kills that must meet work under way.", min=1)] = 20,
    database: Annotated[
        str,
        typer.Option(
            help="sqlite, postgresql (from its wheel), or a postgresql:// URL to make a database on."
        ),
    ] = "sqlite",
    workers: Annotated[int, typer.Option(help="Senders at once.", min=1, max=16)] = 1,
    readers: Annotated[int, typer.Option(help="Readers; 0 takes enough for the kills.", min=0)] = 0,
    trouble: Annotated[str, typer.Option(help=f"What the mail server does: {', '.join(TROUBLES)}.")] = "none",
    seed: Annotated[int, typer.Option(help="Draws the moments of the kills.")] = 1,
    wait_ms: Annotated[
        int, typer.Option(help="Milliseconds the mail server takes for a message, so that work lasts.", min=0)
    ] = 20,
    connections: Annotated[int, typer.Option(help="Connections of each sender.", min=1, max=50)] = 4,
    lease_seconds: Annotated[int, typer.Option(help="KENNISPOST_LEASE_SECONDS of the senders.", min=1)] = 5,
    spread: Annotated[float, typer.Option(help="The longest delay before a kill, in seconds.", min=0)] = 0.8,
) -> None:
    """Kill senders with SIGKILL at random moments against a mail server that counts; print what was proved as JSON."""
    if trouble not in TROUBLES:
        raise typer.BadParameter(f"{trouble!r} is not one of {', '.join(TROUBLES)}.", param_hint="--trouble")
    plan = CrashPlan(
        kills=kills,
        database=database,
        workers=workers,
        readers=readers,
        trouble=trouble,
        seed=seed,
        wait_ms=wait_ms,
        connections=connections,
        lease_seconds=lease_seconds,
        spread=spread,
    )
    with ended_in_order():
        course, evidence = crash_course(plan, tell=tell)
    proofs = prove(evidence)
    give(crash_report(plan, course, evidence, proofs))
    if not proofs.hold:
        raise typer.Exit(code=1)


def crash_report(plan: CrashPlan, course: CrashCourse, evidence: Evidence, proofs: Proofs) -> dict[str, Any]:
    """What is printed: the plan, what happened, what the server saw, and each proof with its first faults."""
    accepted = {(message_id, to) for what, message_id, to in evidence.log if what == "accepted"}
    uncertain = [one for one in evidence.told if one.state == "uncertain"]
    arrived = sum((one.message_id, one.recipient) in accepted for one in uncertain)
    return {
        "database": plan.database.partition("://")[0],
        **{name: value for name, value in asdict(plan).items() if name != "database"},
        "readers": plan.enough_readers,
        **asdict(course),
        "uncertain": {"arrived": arrived, "not_arrived": len(uncertain) - arrived},
        "accepted": sum(what == "accepted" for what, _, _ in evidence.log),
        "lost_replies_at_most": evidence.lost_replies,
        "proofs": {
            name: {"holds": not number, "faults": number, "examples": proofs.faults[name]}
            for name, number in proofs.counted.items()
        },
        "verdict": "holds" if proofs.hold else "FAILS",
    }
