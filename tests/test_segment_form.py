"""The form of a segment, as somebody may send it who never saw the page."""

import pytest

from service.desk.segment_form import fault_of, press, read_draft


@pytest.mark.parametrize(
    "fields",
    [
        [("match.5.5", "all"), ("predicate.9", "x")],
        [("predicate", "x"), ("match.0", "xor"), ("predicate.0.0", "y")],
        [("match", "all"), ("match.0", "any"), ("predicate.0", "province"), ("predicate.0.1", "province")],
        [("predicate.0", "province"), ("predicate.0.0", "province")],
    ],
)
def test_a_form_that_nobody_could_send_does_no_harm(fields: list[tuple[str, str]]) -> None:
    draft = read_draft(fields)
    for act in ("remove:9.9.9", "add:0.0.0", "group:7", "remove:", "add:x", "show", ""):
        press(draft, act, {"new.0": "province"})
    assert isinstance(fault_of(draft), str)
