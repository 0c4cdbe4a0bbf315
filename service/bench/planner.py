"""The planner under measurement, a process of its own: `python -m service.bench.planner ISSUE` plans an approved issue."""

import json
import logging
import sys
import time

from content.issues import issue_by_id
from service.bench.usage import usage_now
from service.database import writing
from service.logs import set_up_logs
from service.mailing.planning import plan_issue
from service.runtime import build_runtime
from service.settings import load_settings


def main(issue_id: int) -> None:
    """Plan, commit, and report on standard output."""
    set_up_logs(level=logging.WARNING)
    runtime = build_runtime(load_settings())
    before, began = usage_now(), time.monotonic()
    with writing(runtime.engine) as session:
        mailing = plan_issue(session, runtime, issue=issue_by_id(session, issue_id), now=runtime.clock())
        mailing_id = mailing.id
    seconds, after = time.monotonic() - began, usage_now()
    memory = {"idle_mb": before.memory_mb, "peak_mb": after.peak_mb}
    used = {"seconds": seconds, "cpu_seconds": after.cpu_seconds - before.cpu_seconds, **memory}
    sys.stdout.write(json.dumps({"mailing_id": mailing_id, "planned": mailing.planned, **used}) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
