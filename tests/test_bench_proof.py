"""The judge of the crash test can say no: each way to break the promise, made on purpose, is found."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from service.bench.proof import Evidence, Told, Try, prove

SENT = (Try("sent", "127.0.0.1:25", "2.0.0 Ok"),)


def delivery(
    number: int, state: str = "sent", *, worker: str = "host-7-ab", tries: Sequence[Try] = SENT
) -> Told:
    """A delivery of the only mailing."""
    return Told(number, 1, f"{number}@a.example", f"<1.{number}@k.example>", state, worker, tuple(tries))


def accepted(*numbers: int) -> list[tuple[str, str, str]]:
    """What the server writes down of these messages."""
    return [("accepted", f"<1.{number}@k.example>", f"{number}@a.example") for number in numbers]


def evidence(
    told: Sequence[Told], log: Sequence[tuple[str, str, str]], *, kills: int = 1, lost: int = 0
) -> Evidence:
    """A mailing that planned and finished just these."""
    return Evidence({1: (len(told), "finished")}, told, log, kills=kills, lost_replies=lost)


def broken(given: Evidence) -> set[str]:
    """The proofs that do not hold."""
    proofs = prove(given)
    assert proofs.hold == (not any(proofs.counted.values()))
    return {name for name, number in proofs.counted.items() if number}


def test_an_honest_run_holds() -> None:
    told = [*map(delivery, range(1, 10)), delivery(10, "uncertain", tries=())]
    assert broken(evidence(told, accepted(*range(1, 10)))) == set()
    assert broken(evidence(told, accepted(*range(1, 11)))) == set()  # it may have arrived, too


def test_a_message_that_arrived_twice_is_found() -> None:
    told = [delivery(1), delivery(2)]
    assert broken(evidence(told, accepted(1, 2, 2))) == {"none delivered twice"}


def test_a_second_message_to_one_reader_is_found_under_another_message_id() -> None:
    log = [*accepted(1), ("accepted", "<1.1.again@k.example>", "1@a.example")]
    assert broken(evidence([delivery(1)], log)) == {"none delivered twice", "ledger tells the truth"}


def test_a_reader_who_is_called_sent_and_got_nothing_is_found() -> None:
    assert broken(evidence([delivery(1), delivery(2)], accepted(1))) == {"none skipped"}


@pytest.mark.parametrize("state", ["planned", "claimed", "handed_over", "deferred"])
def test_a_reader_who_still_waits_is_found_though_the_mailing_is_called_finished(state: str) -> None:
    told = [delivery(1), delivery(2, state, tries=())]
    assert broken(evidence(told, accepted(1))) == {"none skipped", "ledger balances"}


@pytest.mark.parametrize("state", ["cancelled", "skipped", "suppressed", "failed"])
def test_a_reader_who_was_left_out_without_reason_is_found(state: str) -> None:
    told = [delivery(1), delivery(2, state, tries=())]
    assert broken(evidence(told, accepted(1))) == {"none skipped"}


def test_a_reader_whom_the_server_refused_may_fail() -> None:
    told = [delivery(1), delivery(2, "failed", tries=[Try("failed", "s", "5.1.1 No")])]
    assert broken(evidence(told, [*accepted(1), ("refused", "", "2@a.example")])) == set()


def test_a_reader_whom_the_server_refused_may_be_suppressed_from_then_on() -> None:
    told = [delivery(1), delivery(2, "suppressed", tries=())]
    assert broken(evidence(told, [*accepted(1), ("refused", "", "2@a.example")])) == set()


def test_a_reader_who_failed_and_got_it_all_the_same_is_found() -> None:
    log = [*accepted(1), ("refused", "", "1@a.example")]
    assert broken(evidence([delivery(1, "failed")], log)) == {"ledger tells the truth"}


def test_51_uncertain_after_one_kill_are_one_too_many() -> None:
    told = [delivery(number, "uncertain", tries=()) for number in range(1, 52)]
    assert broken(evidence(told[:50], [])) == set()
    assert broken(evidence(told, [])) == {"uncertain within bound"}
    assert broken(evidence(told, [], lost=1)) == set()


def test_51_uncertain_by_one_worker_are_too_many_however_many_were_killed() -> None:
    told = [delivery(number, "uncertain", tries=()) for number in range(1, 52)]
    assert broken(evidence(told, [], kills=20)) == {"uncertain within bound"}
    shared = [replace(one, worker=f"host-{one.delivery_id % 2}-ab") for one in told]
    assert broken(evidence(shared, [], kills=20)) == set()


def test_a_reader_without_a_delivery_is_found() -> None:
    told = [delivery(1), delivery(2)]
    given = replace(evidence(told, accepted(1, 2)), mailings={1: (3, "finished")})
    assert broken(given) == {"ledger balances"}


def test_a_mailing_that_does_not_finish_is_found() -> None:
    given = replace(evidence([delivery(1)], accepted(1)), mailings={1: (1, "sending")})
    assert broken(given) == {"ledger balances"}


@pytest.mark.parametrize("tries", [(), (Try("sent", "", "Ok"),), (Try("sent", "s", ""),), (*SENT, *SENT)])
def test_a_sent_delivery_says_once_which_server_replied_what(tries: tuple[Try, ...]) -> None:
    assert broken(evidence([delivery(1, tries=tries)], accepted(1))) == {"ledger balances"}


def test_a_message_that_nobody_planned_is_found() -> None:
    assert broken(evidence([delivery(1)], accepted(1, 9))) == {
        "none delivered twice",
        "ledger tells the truth",
    }


def test_faults_are_counted_in_full_and_told_by_example() -> None:
    proofs = prove(evidence([delivery(number) for number in range(20)], []))
    assert proofs.counted["none skipped"] == 20
    assert len(proofs.faults["none skipped"]) == 5
