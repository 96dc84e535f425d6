"""Surveys on the tablet: the drawn households travel, what was handed out and answered comes back as facts."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import select

from portal.core.db import db, writing
from portal.surveys.models import Campaign, Handout, Response
from tests.factories import Estate
from tests.surveys.surveying import campaign_of, handout, response
from tests.sync.contract_client import Tablet, new_fact


def sampled(tablet: Tablet) -> dict[str, dict[str, object]]:
    """The pulled lines by household."""
    tablet.pull()
    return {line["data"]["household"]: line["data"] for line in tablet.of_kind("sample_line").values()}


def test_a_sample_travels_and_its_handouts_and_answers_come_back(tablet: Tablet, office: Estate) -> None:
    campaign, home = campaign_of(office), office.households["101"]
    lines = sampled(tablet)
    assert set(lines) == {str(own) for own in office.households.values()}
    line = lines[str(home)]
    assert (line["campaign"], line["status"], line["handout"]) == (str(campaign), "drawn", None)
    given = new_fact("survey_handout", str(home), "survey_handout@1", handout(office, campaign, home).body)
    assert tablet.fits("survey_handout", given)
    assert tablet.send_one(given)["state"] == "stored"
    line = sampled(tablet)[str(home)]
    told = line["handout"]
    assert line["status"] == "issued" and isinstance(told, dict)
    assert told["collect_on"] == "2026-03-12"
    answered = new_fact("survey_response", str(home), "survey_response@1", response(office, campaign, home).body)
    assert tablet.fits("survey_response", answered)
    assert [r["state"] for r in tablet.send([answered, answered])] == ["stored", "same"]
    assert sampled(tablet)[str(home)]["status"] == "returned"
    assert tablet.digests == tablet.own_digests(), "sample lines stand outside the digest"
    db.session.rollback()
    assert len(db.session.scalars(select(Handout)).all()) == len(db.session.scalars(select(Response)).all()) == 1


def test_another_offices_tablet_gets_no_sample(enrolled: Callable[..., Tablet], office: Estate) -> None:
    campaign_of(office)
    assert sampled(enrolled("other_supervisor")) == {}


def test_a_household_outside_the_sample_is_told_in_quarantine(tablet: Tablet, office: Estate) -> None:
    home = office.households["101"]
    body = handout(office, uuid.uuid4(), home).body
    result = tablet.send_one(new_fact("survey_handout", str(home), "survey_handout@1", body))
    assert result["state"] == "quarantined"
    assert all(problem["code"] in tablet.schema["problems"] for problem in result["problems"])


def test_lines_of_a_campaign_that_ended_do_not_travel(tablet: Tablet, office: Estate) -> None:
    campaign = campaign_of(office)
    db.session.rollback()
    with writing() as session:
        made = session.get_one(Campaign, campaign)
        made.status, made.closed_at = "closed", datetime.now(UTC)
    assert sampled(tablet) == {}
