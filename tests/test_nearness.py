"""The same news from several sources is recognised, and other news is not taken for it."""

from datetime import UTC, datetime, timedelta

import pytest

from content.nearness import Index, Likeness, News

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FIND = (
    "Kinderen vinden tas met duizenden xtc-pillen in Waterkant",
    "Kinderen hebben bij de Lindebrug in Waterkant een tas met 4000 xtc-pillen gevonden. De politie zoekt de eigenaar.",
)
FIND_TOO = (
    "Tas vol xtc-pillen onder brug in Waterkant gevonden door kinderen",
    "Onder de Lindebrug in Waterkant vonden spelende kinderen maandagmiddag 4000 xtc-pillen in een tas, meldt de politie.",
)
BAN = (
    "Gemeenteraad Dorpstad wil verbod op lachgas in het centrum",
    "Een meerderheid van de raad in Dorpstad steunt het voorstel van de burgemeester om lachgas in het centrum te verbieden.",
)


def index(*texts: tuple[str, str], hours: int = 1) -> Index:
    return Index(
        News(key, title, lead, NOON + timedelta(hours=hours * key))
        for key, (title, lead) in enumerate(texts, 1)
    )


def keys(near: list[Likeness]) -> list[int]:
    return [one.key for one in near]


def test_the_same_find_from_two_sources_is_near_and_says_by_which_words() -> None:
    near = index(FIND, BAN, FIND_TOO).nearest(1)
    assert keys(near) == [3]
    assert 0.4 <= near[0].score <= 1
    assert {"waterkant", "pillen", "tas"} <= set(near[0].words)


def test_a_copy_is_as_near_as_can_be() -> None:
    assert index(FIND, FIND).nearest(2)[0].score == pytest.approx(1, abs=0.001)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (  # the same offence in another town
            ("Hennepkwekerij opgerold in Noordwoude", "In een woning aan de Dorpsstraat vond de politie 200 hennepplanten."),
            ("Hennepkwekerij opgerold in Zuiderdam", "In een loods aan de Havenkade vond de politie 750 hennepplanten."),
        ),
        (  # the same subject, another day of a debate
            BAN,
            ("Winkeliers Dorpstad: lachgas is geen probleem", "De ondernemers in het centrum klagen over afval en fietsen."),
        ),
        (  # a series that differs in its number
            ("Brief 3: lachgas hoort bij de jeugd", "Lezers schrijven over lachgas, jongeren, ouders, verbod en vrijheid."),
            ("Brief 4: lachgas hoort bij de jeugd", "Lezers schrijven over lachgas, jongeren, ouders, verbod en vrijheid."),
        ),
        (  # a writer's own last lines under two columns
            ("Een glas wijn op het balkon", "Anna Jansen is dichter en schrijft columns over wonen, buren en de stad."),
            ("Waarom ik nooit meer rook", "Anna Jansen is dichter en schrijft columns over wonen, buren en de stad."),
        ),
    ],
)  # fmt: skip
def test_other_news_is_not_taken_for_the_same(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert keys(index(one, other, FIND).nearest(1)) == []


def test_what_lies_days_apart_is_other_news() -> None:
    assert keys(index(FIND, FIND_TOO, hours=95).nearest(1)) == [2]
    assert keys(index(FIND, FIND_TOO, hours=97).nearest(1)) == []


def test_a_text_without_words_is_near_nothing() -> None:
    assert index(("…", ""), ("…", ""), ("de en het", "")).nearest(1) == []


def test_the_work_grows_with_the_number_of_items_and_not_with_its_square(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared = []
    original = Index._likeness
    monkeypatch.setattr(Index, "_likeness", lambda *given: compared.append(1) or original(*given))
    texts = [
        (f"Politie vindt drugs {n}", f"In straat{n % 500} in plaats{n % 700} lagen drugs bij bewoner{n}")
        for n in range(3000)
    ]
    found = index(*texts, hours=0)
    for key in range(1, 3001):
        found.nearest(key)
    assert len(compared) <= 3000 * 50
