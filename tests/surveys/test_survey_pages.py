"""Surveys at the desk, as each reader finds them."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select

from portal.core.audit import Event
from portal.core.db import db
from portal.opinions.models import Opinion
from portal.surveys.models import Campaign, Handout, Response
from tests.client import Page, PortalClient
from tests.factories import Estate
from tests.surveys.surveying import ITEMS, campaign, campaign_of, grow, handout, lines, response, take

SignIn = Callable[[str], PortalClient]
LANGUAGES = ["zh-CN", "zh-TW", "en"]


def address(campaign_id: UUID, *more: object) -> str:
    return "/".join(["/desk/surveys", str(campaign_id), *map(str, more)])


def plan(estate: Estate, **changed: str) -> dict[str, str]:
    return {
        "community": str(estate.community_id), "form": "questionnaire_s0@1", "title": "2026年上半年满意度调查",
        "frame_day": "2026-03-05", "received_on": "2026-03-05", "size_reason": "rule", "do": "preview", **changed,
    }  # fmt: skip


def test_the_size_is_shown_before_anything_is_fixed(estate: Estate, sign_in: SignIn) -> None:
    grow(estate)
    client = sign_in("supervisor")
    page = Page(client.send("/desk/surveys/new", plan(estate), status=200))
    assert "15%" in page.words and "60 " in page.words
    assert "± 9.7" in page.words and "± 4.6" in page.words  # rule and statistics side by side
    assert db.session.scalars(select(Campaign)).all() == []


def test_a_planned_survey_shows_its_commitment_and_not_its_seed(estate: Estate, sign_in: SignIn) -> None:
    grow(estate)
    client = sign_in("supervisor")
    client.send("/desk/surveys/new", plan(estate, do="plan"))
    made = db.session.scalars(select(Campaign)).one()
    own, seed, hashed = made.id, made.seed, made.seed_hash
    page = client.page(address(own))
    assert hashed in page.words and seed not in page.words
    client.send(address(own, "draw"), {"draw-digits": "365"})
    page = client.page(address(own))
    assert f"{seed}|365" in page.words
    proof = client.page(address(own, "draw"), language="en")
    assert "repeats exactly" in proof.words and "0.00" in proof.words


def test_digits_must_be_digits(estate: Estate, sign_in: SignIn) -> None:
    grow(estate)
    client = sign_in("supervisor")
    client.send("/desk/surveys/new", plan(estate, do="plan"))
    made = db.session.scalars(select(Campaign.id)).one()
    page = Page(client.send(address(made, "draw"), {"draw-digits": "seven"}, status=422))
    assert page.all("ul") and campaign(made).status == "planned"


def test_a_missing_first_handover_is_asked_for_at_its_field(estate: Estate, sign_in: SignIn) -> None:
    from portal.core.db import writing
    from portal.households.models import Community

    with writing() as session:
        session.get_one(Community, estate.community_id).first_handover_on = None
    page = Page(sign_in("supervisor").send("/desk/surveys/new", plan(estate), status=422))
    (wrong,) = [e for e in page.tree.iter("input") if e.get("aria-invalid") == "true"]
    assert wrong.get("name") == "first_handover_on"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_a_survey_stands_in_every_language(estate: Estate, sign_in: SignIn, language: str) -> None:
    made = campaign_of(estate)
    home = estate.households["101"]
    take(handout(estate, made, home), response(estate, made, home, "DS" * 5, {"cleaning": "太脏"}))
    client = sign_in("supervisor")
    for path in ("/desk/surveys", "/desk/surveys/new", address(made), address(made, "sample"), address(made, "draw"),
                 address(made, "households", home)):  # fmt: skip
        client.page(path, language=language)


def test_the_sample_can_be_searched_and_filtered(estate: Estate, sign_in: SignIn) -> None:
    from portal.core.db import writing
    from portal.households.words import find_again

    made = campaign_of(estate)
    with writing() as session:
        find_again(session, estate.households.values())
    take(handout(estate, made, estate.households["101"]), handout(estate, made, estate.households["203"], "refused"))
    client = sign_in("front_desk")

    def rooms(query: str) -> set[str]:
        page = client.page(address(made, "sample") + query)
        cells = ("".join(e.itertext()) for e in page.all("th") if e.get("scope") == "row")
        shown = [cell.strip() for cell in cells]
        return {room for room in estate.households for cell in shown if cell.endswith(room)}

    assert rooms("") == set(estate.households)
    assert "203" in client.page(address(made, "sample") + "?status=refused").text("tbody")
    assert "101" not in client.page(address(made, "sample") + "?status=refused").text("tbody")
    assert "101" in client.page(address(made, "sample") + "?status=missing").text("tbody")
    found = client.page(address(made, "sample") + "?q=304").text("tbody")
    assert "304" in found and "101" not in found


def test_the_sample_is_exported_and_who_took_it_is_recorded(estate: Estate, sign_in: SignIn) -> None:
    made = campaign_of(estate)
    client = sign_in("supervisor")
    file = client.send(address(made, "sample", "export"), {"kind": "csv"}, status=200)
    assert file.get_data().decode("utf-8-sig").count("\r\n") == 13
    assert db.session.scalars(select(Event).where(Event.name == "desk:list:exported")).one().changes["list"] == "sample"


def paper(**changed: str) -> dict[str, str]:
    grades = {f"grade_{item}": "satisfied" for item in ITEMS}
    return {"mode": "paper", "on": "2026-03-06", "proxy": "no", **grades, **changed}


def test_a_paper_answer_is_typed_at_the_desk(estate: Estate, sign_in: SignIn) -> None:
    made, home = campaign_of(estate), estate.households["102"]
    client = sign_in("front_desk")
    client.send(
        address(made, "households", home, "answer"),
        paper(grade_cleaning="dissatisfied", remark_cleaning="楼道三天没扫", suggestion="多种树"),
    )
    given = db.session.scalars(select(Response)).one()
    assert (given.mode, given.counted, given.disposition) == ("paper", True, "I")
    assert {o.content for o in db.session.scalars(select(Opinion))} == {"楼道三天没扫", "多种树"}
    assert lines(made)[home].status == "returned"


def test_the_same_form_sent_twice_is_one_answer(estate: Estate, sign_in: SignIn) -> None:
    made, home = campaign_of(estate), estate.households["102"]
    client = sign_in("front_desk")
    page = client.page(address(made, "households", home))
    (own,) = [e.get("value") for e in page.tree.iter("input") if e.get("name") == "fact"]
    for _ in range(2):
        client.send(address(made, "households", home, "answer"), paper(fact=own))
    assert len(db.session.scalars(select(Response)).all()) == 1


def test_a_remark_without_a_grade_is_not_lost_silently(estate: Estate, sign_in: SignIn) -> None:
    made, home = campaign_of(estate), estate.households["102"]
    client = sign_in("front_desk")
    data = paper(remark_cleaning="楼道三天没扫", grade_cleaning="")
    page = Page(client.send(address(made, "households", home, "answer"), data, status=422))
    assert "楼道三天没扫" in page.html
    assert db.session.scalars(select(Response)).all() == []


@pytest.mark.parametrize(("login", "reads"), [("supervisor", False), ("front_desk", False), ("qa", True)])
def test_grades_by_household_are_read_by_quality_assurance_only(
    estate: Estate, sign_in: SignIn, login: str, reads: bool
) -> None:
    made, home = campaign_of(estate), estate.households["101"]
    take(response(estate, made, home, "VVVVVVVVVN", {"overall": "电梯常坏"}))
    client = sign_in(login)
    client.become(estate.staff[login], office_id=estate.office_id)
    page = client.page(address(made, "households", home), language="en")
    assert ("电梯常坏" in page.words) is reads


def test_a_receipt_signed_on_paper_is_typed_at_the_desk(estate: Estate, sign_in: SignIn) -> None:
    made, home = campaign_of(estate), estate.households["102"]
    client = sign_in("front_desk")
    data = {"receipt-outcome": "received", "receipt-on": "2026-03-06", "receipt-signer": "陈文", "receipt-sign_mode": "resident",
            "receipt-explained": "yes", "receipt-collect_on": "2026-03-12", "receipt-collect_at": "19:30"}  # fmt: skip
    client.send(address(made, "households", home, "handout"), {**data, "receipt-signer": ""}, status=422)
    client.send(address(made, "households", home, "handout"), data)
    assert db.session.scalars(select(Handout)).one().outcome == "received"
    assert lines(made)[home].collect_time == "19:30"


def test_a_substitute_is_released_from_the_page_of_a_refusal(estate: Estate, sign_in: SignIn) -> None:
    grow(estate)
    made = campaign_of(estate, every=False)
    home = next(h for h, line in lines(made).items() if line.status == "drawn")
    client = sign_in("supervisor")
    client.send(address(made, "households", home, "substitute"), status=409)
    take(handout(estate, made, home, "refused"))
    answer = client.send(address(made, "households", home, "substitute"))
    stands_in = UUID(answer.headers["Location"].rsplit("/", 1)[1])
    assert lines(made)[stands_in].released_for == lines(made)[home].id
    reserve = next(h for h, line in lines(made).items() if line.status == "reserve")
    client.page(address(made, "households", reserve), status=404)


def test_closing_below_the_floor_goes_through_quality_assurance(estate: Estate, sign_in: SignIn) -> None:
    made = campaign_of(estate)
    homes = list(estate.households.values())
    take(*(handout(estate, made, home) for home in homes), *(response(estate, made, home) for home in homes[:6]))
    office, quality = sign_in("supervisor"), sign_in("qa")
    quality.become(estate.staff["qa"], office_id=estate.office_id)
    office.send(address(made, "close"), {}, status=422)
    office.send(address(made, "close"), {"close-reason": "三户出国", "close-visits_since": "2026-03-14"})
    assert campaign(made).status == "running"
    office.send(address(made, "consent"), status=403)
    quality.send(address(made, "consent"))
    assert campaign(made).status == "closed" and campaign(made).closed_reason == "三户出国"


@pytest.mark.parametrize(
    ("login", "path", "status"),
    [
        ("field_staff", "", 200), ("interviewer", "", 200), ("administrator", "", 403), ("department_officer", "", 403),
        ("field_staff", "new", 403), ("qa", "new", 200), ("other_supervisor", "", 404), ("other_supervisor", "sample", 404),
        ("other_supervisor", "draw", 404),
    ],
)  # fmt: skip
def test_who_may_open_what(estate: Estate, sign_in: SignIn, login: str, path: str, status: int) -> None:
    made = campaign_of(estate)
    where = "/desk/surveys/new" if path == "new" else address(made, *([path] if path else []))
    assert sign_in(login).get(where).status_code == status


def test_another_office_can_do_nothing_with_it(estate: Estate, sign_in: SignIn) -> None:
    made, home = campaign_of(estate), estate.households["101"]
    client = sign_in("other_supervisor")
    for path in ("close", "draw", f"households/{home}/answer", f"households/{home}/handout", f"households/{home}/substitute",
                 "sample/export", "steps/announced/done", "steps/handed_out/late"):  # fmt: skip
        client.send(address(made, path), paper(), status=404)
    assert db.session.scalars(select(Response)).all() == []
    assert campaign(made).events == {} and campaign(made).status == "running"


def test_a_step_done_outside_is_noted_with_its_day(estate: Estate, sign_in: SignIn) -> None:
    made = campaign_of(estate)
    client = sign_in("supervisor")
    client.send(address(made, "steps", "announced", "done"), {"on": "2026-02-20"})
    assert campaign(made).events == {"announced": "2026-02-20"}
    client.send(address(made, "steps", "handed_out", "done"), {"on": "2026-02-20"}, status=404)


def test_a_search_finds_a_survey_by_its_title_in_either_script(estate: Estate, sign_in: SignIn) -> None:
    campaign_of(estate)
    client = sign_in("supervisor")
    assert "2026年上半年满意度调查" in client.page("/desk/surveys?q=滿意度").words
    assert "2026年上半年满意度调查" not in client.page("/desk/surveys?q=停车").words
