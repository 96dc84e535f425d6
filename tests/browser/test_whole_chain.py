"""The whole chain, walked once by real pages: from a roster file to a promise that anybody reads, in both scripts."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from portal.core.documents.fonts import FontFiles
from tests.browser import walk_door as door
from tests.browser import walk_letter as letter
from tests.browser import walk_office as desk
from tests.browser.tablet import Office, Tablet
from tests.browser.walk import Walk
from tests.conftest import settings_for
from tests.factories import Estate

pytestmark = pytest.mark.browser

Make = Callable[..., Tablet]


@pytest.fixture
def office(tmp_path: Path, sqlite_template: Path) -> Iterator[Office]:
    """An office on its first day: its people are there, not one household."""
    path = tmp_path / "portal.sqlite"
    shutil.copyfile(sqlite_template, path)
    with Office(settings_for(tmp_path, f"sqlite:///{path}"), build=Estate.staffed) as office:
        yield office


@pytest.fixture
def walk(office: Office, chromium: Browser, tablet: Make, tmp_path: Path, fonts: FontFiles) -> Iterator[Walk]:
    walk = Walk(office, chromium, tablet(), tmp_path)
    yield walk
    walk.close()


def test_from_a_roster_to_a_promise_that_anybody_reads(walk: Walk) -> None:
    desk.the_roster_is_imported_at_the_desk(walk)
    desk.a_survey_is_drawn_and_a_plan_is_given(walk)
    page = door.the_tablet_enrols_and_the_network_is_cut(walk)
    page = door.a_visit_is_filled_across_a_restart(walk, page)
    door.the_form_is_handed_out_and_the_resident_answers(walk, page)
    door.everything_goes_up_by_itself(walk, page)
    desk.the_supervisor_returns_it_beside_a_field(walk)
    door.the_author_corrects_it_on_her_tablet(walk, page)
    desk.three_people_sign(walk)
    letter.the_opinion_becomes_an_issue_with_a_measure(walk)
    public = letter.a_letter_is_worded_checked_approved_and_published(walk)
    letter.anybody_reads_it_in_both_scripts(walk, public)
    desk.the_answer_stands_in_the_figures(walk)
