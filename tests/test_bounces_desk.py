"""What came back, as the desk sees it."""

from datetime import timedelta

from colleague import ANNA, a_colleague

from service.database import writing
from service.desk.returned import DONE_NAMES, FEEDBACK_NAMES, KIND_NAMES, SUPPRESSION_NAMES
from service.feedback.classifying import FeedbackKind
from service.feedback.intake import take_in
from service.feedback.returned import Done
from service.mailing.outbox import Delivery, Mailing
from service.mailing.reasons import REASON_NAMES
from service.mailing.refusals import Suppressed
from service.runtime import Runtime
from service.verdicts.kinds import REASONS, Kind
from tests.returns import returned, sent

PAGE = "/redactie/abonnees/teruggekomen"


def test_everything_has_words_for_the_desk() -> None:
    assert set(REASON_NAMES) == set(REASONS)
    assert set(KIND_NAMES) == set(Kind)
    assert set(FEEDBACK_NAMES) == set(FeedbackKind)
    assert set(DONE_NAMES) == set(Done)
    assert set(SUPPRESSION_NAMES) == set(Suppressed)


def test_the_page_says_what_came_back_why_and_what_was_done(runtime: Runtime) -> None:
    anna = a_colleague(runtime, ANNA, "Anna", "editor")
    assert "Er kwam niets terug" in anna.get(PAGE).text
    first, second, third, fourth = sent(runtime, readers=4)
    take_in(runtime, returned(runtime, first))
    take_in(runtime, returned(runtime, second, "office365-quota"))
    take_in(runtime, returned(runtime, third, "arf-abuse"))
    take_in(runtime, returned(runtime, fourth, "outlook-com-block-list"))
    page = anna.get(PAGE)
    assert page.status_code == 200
    row = page.text.split("<tbody>")[1].split("</tbody>")[0]
    assert [
        part.split("</td>")[0] for part in row.split('">')[1:] if part.split("</td>")[0].isdigit()
    ] == list("11101")
    for words in ("het adres bestaat niet", "de mailbox is vol", "onze server staat op een blokkeerlijst"):
        assert f"1 × {words}" in row
    assert "We mailen dit adres niet meer." in page.text
    assert "Geteld. We blijven dit adres mailen." in page.text
    assert "Klacht van de lezer" in page.text
    assert "lezer0@gemeente.example" not in page.text
    assert PAGE in anna.get("/redactie/abonnees").text


def test_letters_are_one_line_and_what_is_long_ago_is_none(runtime: Runtime) -> None:
    old = runtime.clock() - timedelta(days=500)
    with writing(runtime.engine) as session:
        for made, number in ((runtime.clock(), 2), (old, 1)):
            for _ in range(number):
                mailing = Mailing(kind="confirm-subscription", planned=1, created_at=made)
                session.add(mailing)
                session.flush()
                session.add(
                    Delivery(
                        mailing_id=mailing.id or 0, state="sent", due_at=made, bounced_at=made, bounce_kind="hard",
                        bounce_reason="domain-unknown",
                    )
                )  # fmt: skip
    page = a_colleague(runtime, ANNA, "Anna", "editor").get(PAGE).text
    assert page.count("Losse mails") == 1
    assert "2 × het domein bestaat niet" in page


def test_a_stranger_sees_nothing_of_it(runtime: Runtime) -> None:
    stranger = a_colleague(runtime, ANNA, "Anna", "editor")
    stranger.client.cookies.clear()
    assert stranger.get(PAGE).status_code in (302, 303)
