from tests.factories import Estate
from tests.sync.contract_client import Tablet


def test_a_visit_is_stored_and_the_same_when_sent_again(tablet: Tablet, visit, office: Estate) -> None:
    fact = visit()
    assert tablet.fits("visit", fact)
    first = tablet.send_one(fact)
    assert first["state"] == "stored", first
    again = tablet.send_one(fact)
    assert again["state"] == "same"
    assert again["receipt"] == first["receipt"]
    tablet.pull()
    assert tablet.digests == tablet.own_digests()
    print(tablet.store.keys())
