"""Approval: a second person says yes to exactly this content. Any change of it makes the yes void."""

import hashlib
import json
from datetime import datetime

from sqlmodel import Session, col, select

from content.errors import ApprovalRefused, IssueClosed
from content.issues import Approval, Block, Issue, Section, blocks_of, lock_issue, makers_of, sections_of


def hash_of(issue: Issue, sections: list[Section], blocks: list[Block]) -> str:
    """The hash (SHA-256, hexadecimal) of all that can reach a reader or decides who gets what.

    The moment of sending is not in it: that may change without a new approval.
    """
    headings = {section.id: (section.key, section.title) for section in sections}
    content = {
        "issue": [
            issue.kind,
            issue.title,
            issue.introduction,
            issue.minimum,
            issue.maximum,
            issue.allow_nothing,
        ],
        "sections": [[section.key, section.title] for section in sections],
        "blocks": [
            [
                headings[block.section_id][0],
                block.kind,
                block.weight,
                block.everyone,
                block.title,
                block.body,
                block.link,
                block.source_name,
                sorted(block.tags),
                block.brought_by,
                *([block.details] if block.details else []),  # so that older approvals keep their hash
            ]
            for block in blocks
        ],
    }
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def content_hash(session: Session, issue: Issue) -> str:
    """The hash of the content an issue has now."""
    return hash_of(issue, sections_of(session, issue), blocks_of(session, issue))


def approve(session: Session, *, issue: Issue, approver: str, seen_hash: str, now: datetime) -> Approval:
    """Approve the content that the approver saw.

    Raises:
        IssueClosed: it has been sent.
        ApprovalRefused: the approver is one of its makers, the content changed since they saw it, or there is nothing in it.
    """
    lock_issue(session, issue)
    if issue.closed_at is not None:
        raise IssueClosed(f"Issue {issue.title!r} has been sent.")
    if approver in makers_of(session, issue):
        raise ApprovalRefused("Whoever made or changed an issue cannot approve it: ask somebody else.")
    if not blocks_of(session, issue):
        raise ApprovalRefused("There is nothing in this issue yet.")
    if seen_hash != content_hash(session, issue):
        raise ApprovalRefused("The issue changed after this page was shown: read it again.")
    approval = Approval(issue_id=issue.id or 0, content_hash=seen_hash, approver=approver, approved_at=now)
    session.add(approval)
    session.flush()
    return approval


def current_approval(session: Session, issue: Issue) -> Approval | None:
    """The newest approval of the content the issue has now, by someone who is none of its makers; else None.

    Who approved and then changed the issue is one of its makers since: changing it back does not bring the approval back.
    """
    latest = (
        select(Approval)
        .where(
            Approval.issue_id == issue.id,
            Approval.content_hash == content_hash(session, issue),
            col(Approval.approver).not_in(makers_of(session, issue)),
        )
        .order_by(col(Approval.id).desc())
    )
    return session.exec(latest).first()


def voided_approval(session: Session, issue: Issue) -> Approval | None:
    """The newest approval when the content changed after it; None when it stands, or there never was one."""
    latest = session.exec(
        select(Approval).where(Approval.issue_id == issue.id).order_by(col(Approval.id).desc())
    ).first()
    return latest if latest is not None and current_approval(session, issue) is None else None
