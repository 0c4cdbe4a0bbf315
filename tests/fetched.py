"""Fetching in tests: rules that allow loopback, the answer, and the reason when there is none."""

import asyncio

import pytest

from content.answers import Fetched, Validators
from content.errors import FetchFailed
from content.fetching import FetchRules, fetch
from content.network import networks

LOOPBACK = networks(["127.0.0.0/8"])
RULES = FetchRules(
    user_agent="Kennispost/test (+https://kennispost.example)", timeout=5, limit=200_000, allow=LOOPBACK
)


def get(url: str, *, rules: FetchRules = RULES, validators: Validators | None = None) -> Fetched:
    return asyncio.run(fetch(url, rules=rules, validators=validators))


def reason(url: str, **more: object) -> str:
    with pytest.raises(FetchFailed) as refused:
        get(url, **more)
    return str(refused.value)
