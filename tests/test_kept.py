"""What drafting keeps in memory: once where it is the same, and no more than it may."""

from service.mailing import kept
from service.mailing.filling import encoded, form_of
from service.mailing.holes import hole
from service.mailing.kept import Kept, Sheet
from service.mailing.messages import Letterhead, Mailbox
from service.mailing.mime import Piece
from service.mailing.rendering import Rendered

LETTERHEAD = Letterhead(
    Mailbox("Kennispost", "redactie@kennispost.example"), "", "Nieuws", "nl", "text/plain"
)


def rendered(number: int = 1) -> Rendered:
    optional = f"{hole('if-region')}In uw regio: {hole('region')}{hole('end-region')}"
    text = f"Dag {number}{hole('greeting')}{'bericht ' * 2000}{hole('why-1')}{'meer ' * 2000}{optional} slot"
    return Rendered("Nieuws", f"<p>{text}</p>", text)


def test_variants_for_readers_with_a_region_and_without_share_what_is_the_same() -> None:
    pieces: dict[bytes, bytes] = {}
    with_one, without = (
        encoded(form_of(rendered(), with_region=yes)).sharing(pieces) for yes in (True, False)
    )
    shared = {id(one) for one in with_one.pieces} & {id(one) for one in without.pieces}
    large = [one for one in without.pieces if len(one) > 1000]
    assert len([one for one in large if id(one) in shared]) >= len(large) / 2
    values = {name: Piece(b"x", b"y") for name in ("greeting", "why-1", "region")}
    fresh = encoded(form_of(rendered(), with_region=False))
    assert without.filled(values) == fresh.filled(values)


def test_a_body_that_is_filled_in_two_steps_is_the_body_that_is_filled_in_one() -> None:
    body = encoded(form_of(rendered(), with_region=True))
    reasons = {"why-1": Piece(b"omdat", b"<b>omdat</b>")}
    own = {"greeting": Piece(b"Beste", b"<i>Beste</i>"), "region": Piece(b"GGD", b"<i>GGD</i>")}
    half = body.filled_with(reasons)
    assert half.names == {"greeting", "region"}
    assert half.filled(own) == body.filled(reasons | own)


def test_what_grew_too_large_is_let_go_of_whole(monkeypatch) -> None:
    """A sheet holds the pieces of its body: to forget the one without the other frees nothing."""
    monkeypatch.setattr(kept, "MOST_BODIES", 2)
    memory = Kept()
    for number in range(3):
        body = encoded(form_of(rendered(number), with_region=False)).sharing(memory.pieces)
        memory.bodies[number, False, False] = ("Nieuws", body)
        memory.sheets[number, False, False] = Sheet(LETTERHEAD, body)
    memory.make_room()
    assert not memory.bodies
    assert not memory.sheets
    assert not memory.pieces
