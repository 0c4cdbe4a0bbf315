"""A condition that takes all its values as one says the same as one that names each, on both engines."""

import pytest
from sqlalchemy import select
from sqlmodel import col

from content.many import among
from service.database import reading, writing
from service.runtime import Runtime
from subscribers.people import Subscriber
from subscribers.suppression import Suppression

TEXTS = ("", "a", "'; --", 'met "aanhaling"', "é✓", "\\", "[1,2]")


def test_texts(runtime: Runtime) -> None:
    with writing(runtime.engine) as session:
        session.add_all(Suppression(address_hash=one, reason="x", at=runtime.clock()) for one in TEXTS)
    asked = select(col(Suppression.address_hash)).where(among(col(Suppression.address_hash), "these"))
    for wanted in ((), ("a",), set(TEXTS), dict.fromkeys(TEXTS).keys(), ["é✓", "niet"]):
        with reading(runtime.engine) as session:
            found = session.connection().execute(asked, {"these": wanted}).scalars().all()
        assert sorted(found) == sorted(set(TEXTS) & set(wanted))


def test_numbers_with_others_beside_them_and_turned_round(runtime: Runtime) -> None:
    with writing(runtime.engine) as session:
        session.add_all(
            Suppression(address_hash=f"{one}", reason="x", at=runtime.clock()) for one in range(3)
        )
    there, text = col(Suppression.id), col(Suppression.address_hash)
    both = select(there).where(among(there, "these"), among(text, "those"))
    neither = select(there).where(~(among(there, "these") | among(text, "those")))
    for wanted in ((), [1], [2, 3, 99], range(1, 2000)):
        values = {"these": wanted, "those": ["0", "1"]}
        with reading(runtime.engine) as session:
            known = session.connection().execute(select(there)).scalars().all()
            found, others = (
                session.connection().execute(one, values).scalars().all() for one in (both, neither)
            )
        in_text = known[:2]
        assert sorted(found) == sorted(set(wanted) & set(in_text))
        assert sorted(others) == sorted(set(known) - set(wanted) - set(in_text))


def test_a_column_of_another_kind_is_refused() -> None:
    with pytest.raises(TypeError, match="neither plain numbers nor texts"):
        among(col(Subscriber.paused_until), "these")
