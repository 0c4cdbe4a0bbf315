"""Judging: what the mail lint finds in an issue, before someone approves it."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from sqlalchemy import select as rows
from sqlmodel import Session

from content.issues import Issue, IssueKind
from service.i18n import LANGUAGES
from service.linting.checking import lint_content, lint_size
from service.linting.findings import Finding, Severity, count, sort_findings
from service.mailing.proofs import proof_of
from service.mailing.targeting import STREAMS
from service.runtime import Runtime
from subscribers.audience import audience

_lint_content = lru_cache(maxsize=32)(lint_content)
"""A page is looked at more often than an issue changes."""


def judge_issue(session: Session, runtime: Runtime, issue: Issue) -> tuple[Finding, ...]:
    """All findings on the whole issue in each language that its readers have, and on its largest mail; the worst first."""
    findings: list[Finding] = []
    for language in languages_of(session, issue, now=runtime.clock()):
        proof = proof_of(session, runtime, issue=issue, language=language)
        if proof is not None:
            findings += _lint_content(html=proof.html, text=proof.text, own=runtime.settings.base_url)
            findings += lint_size(proof.largest)
    return sort_findings(findings)


def stops_approval(findings: Sequence[Finding]) -> bool:
    """Whether an issue with these cannot be approved."""
    return count(findings, Severity.ERROR) > 0


def languages_of(session: Session, issue: Issue, *, now: datetime) -> list[str]:
    """The languages of the readers of this kind of issue now; Dutch as long as there are none. A welcome mail has its own."""
    if issue.kind == IssueKind.WELCOME:
        return [issue.language]
    readers = audience(STREAMS[IssueKind(issue.kind)], now=now).subquery()
    used = set(session.connection().execute(rows(readers.c.language).distinct()).scalars())
    return [language for language in LANGUAGES if language in used] or [LANGUAGES[0]]
