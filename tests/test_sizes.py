"""The size classes of the survey's table 1."""

import pytest

from subscribers.errors import RegisterFault
from subscribers.organisations import Organisation, OrganisationKind
from subscribers.register import read_register
from subscribers.sizes import SizeClass, central_codes, size_class, size_of


@pytest.mark.parametrize(
    ("population", "central", "size"),
    [
        (0, False, "klein"),
        (24_999, True, "klein"),
        (25_000, False, "middelklein"),
        (49_999, True, "middelklein"),
        (50_000, False, "middelgroot"),
        (79_999, True, "middelgroot"),
        (80_000, True, "groot"),
        (80_000, False, "middelgroot"),
    ],
)
def test_the_class_follows_the_population_and_the_central_function(population, central, size):
    assert size_of(population, central=central) == size


def test_a_partner_has_no_size():
    partner = Organisation(kind=OrganisationKind.PARTNER, key="partner:jellinek", name="Jellinek")
    assert size_class(partner) is None


def test_every_central_municipality_stands_in_the_register():
    assert central_codes() <= {one.cbs_code for one in read_register()}
    utrecht = Organisation(
        kind="municipality", key="GM0344", cbs_code="GM0344", name="Utrecht", population=380_000
    )
    assert size_class(utrecht) is SizeClass.LARGE
    assert size_class(utrecht, central=frozenset()) is SizeClass.MEDIUM


def test_there_are_municipalities_of_each_class():
    sizes = {size_of(one.population, central=one.cbs_code in central_codes()) for one in read_register()}
    assert sizes == set(SizeClass)


def test_a_fault_in_the_list_is_named(tmp_path):
    path = tmp_path / "central.yaml"
    path.write_text("municipalities: {Utrecht: GM0344}", encoding="utf-8")
    with pytest.raises(RegisterFault, match="'Utrecht' is no CBS code"):
        central_codes(path)
