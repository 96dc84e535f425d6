"""Only the table moves a record: every combination of state, action, step, role and author, for every preset."""

from itertools import product

import pytest

from portal.domain.chains import (
    KINDS,
    TABLE,
    Action,
    Chain,
    State,
    advance,
    chain_for,
    is_complete,
    open_step,
    parse_state,
    signing_role,
    states_of,
)
from portal.domain.policy import DEFAULT, PRESETS
from portal.domain.refusals import Refused

ROLES = {
    "field_staff",
    "front_desk",
    "supervisor",
    "manager",
    "director",
    "department_head",
    "department_officer",
    "company_caller",
    "interviewer",
    "qa",
    "management_representative",
    "executive",
    "branch_overseer",
    "administrator",
}
VISIT = chain_for("visit_record", PRESETS["owner_visit"])


def tried(chain, state, action, **given):
    """The state after it, or the code of the refusal."""
    given = {"step": open_step(chain, state) or 0, "signer_roles": (), "is_author": False} | given
    try:
        return advance(chain, state, action, **given).state
    except Refused as why:
        return why.code


def expected(chain, state, action, step, roles, is_author):
    """The rule said once more in plain words."""
    n = len(chain.steps)
    signed = int(state[7:]) if state.startswith("signed_") else 0
    if state == "closed" or (signed == n and action != Action.CLOSE):
        return "signoff.closed"
    if action == Action.CLOSE:
        return "closed" if signed == n else "signoff.not_now"
    if (state == "returned") != (action == Action.CORRECT):
        return "signoff.not_now"
    if action == Action.CORRECT:
        return "corrected" if is_author else "signoff.not_author"
    if step != signed + 1:
        return "signoff.stale"
    if is_author:
        return "signoff.author"
    if chain.steps[signed] not in roles:
        return "signoff.not_your_step"
    return f"signed_{signed + 1}" if action == Action.SIGN else "returned"


@pytest.mark.parametrize("preset", PRESETS)
def test_only_the_chain_moves_a_record(preset):
    tries = 0
    for kind in KINDS:
        chain = chain_for(kind, PRESETS[preset])
        steps = range(len(chain.steps) + 2)
        for state, action, step, role, author in product(states_of(chain), Action, steps, ROLES, (True, False)):
            found = tried(chain, state, action, step=step, signer_roles={role}, is_author=author)
            assert found == expected(chain, state, action, step, {role}, author), (kind, state, action, step, role)
            tries += 1
    assert tries > 20000


def test_a_visit_is_signed_by_supervisor_manager_and_director_and_then_filed():
    state = "received"
    for role in ("supervisor", "manager", "director"):
        assert not is_complete(VISIT, state)
        state = tried(VISIT, state, Action.SIGN, signer_roles={role})
    assert state == "signed_3"
    assert is_complete(VISIT, state)
    assert tried(VISIT, state, Action.CLOSE) == "closed"


def test_a_returned_record_is_corrected_by_its_author_and_signed_again_from_the_first_step():
    returned = tried(VISIT, "signed_2", Action.RETURN, signer_roles={"director"})
    corrected = tried(VISIT, returned, Action.CORRECT, is_author=True)
    assert (returned, corrected, open_step(VISIT, corrected)) == ("returned", "corrected", 1)
    assert tried(VISIT, corrected, Action.SIGN, signer_roles={"director"}) == "signoff.not_your_step"
    assert tried(VISIT, corrected, Action.SIGN, signer_roles={"supervisor"}) == "signed_1"


def test_two_people_signing_one_step_are_told_apart():
    assert tried(VISIT, "signed_1", Action.SIGN, step=1, signer_roles={"supervisor"}) == "signoff.stale"


def test_the_outcome_says_what_was_signed_in_which_role():
    done = advance(VISIT, "signed_2", Action.SIGN, step=3, signer_roles={"director", "qa"}, is_author=False)
    assert (done.state, done.step, done.role, done.complete) == ("signed_3", 3, "director", True)
    back = advance(VISIT, "signed_1", Action.RETURN, step=2, signer_roles={"manager"}, is_author=False)
    assert (back.state, back.step, back.role, back.complete) == ("returned", 2, "manager", False)


def test_a_step_that_only_its_author_could_sign_goes_up_a_level_and_shows_it():
    assert signing_role(VISIT, 1, {"supervisor": 1, "manager": 1}) == ("supervisor", False)
    assert signing_role(VISIT, 1, {"manager": 1}) == ("manager", True)
    assert signing_role(VISIT, 1, {"director": 1}) == ("director", True)
    with pytest.raises(Refused) as why:
        signing_role(VISIT, 1, {"qa": 3})
    assert why.value.code == "signoff.nobody"
    raised = {"signer_roles": {"manager"}, "acting_role": "manager"}
    assert tried(VISIT, "received", Action.SIGN, **raised) == "signed_1"
    assert tried(VISIT, "received", Action.SIGN, **raised | {"signer_roles": {"supervisor"}}) == "signoff.not_your_step"


def test_a_questionnaire_is_signed_by_another_of_qa_or_else_the_management_representative():
    chain = chain_for("questionnaire", DEFAULT)
    assert signing_role(chain, 1, {"qa": 1}) == ("qa", False)
    assert signing_role(chain, 1, {"management_representative": 1}) == ("management_representative", True)


@pytest.mark.parametrize(
    ("kind", "steps"),
    [
        ("visit_record", ("supervisor", "manager", "director")),
        ("visit_plan", ("manager", "director")),
        ("survey_plan", ("executive",)),
        ("questionnaire", ("qa",)),
        ("campaign_plan", ("management_representative", "executive")),
        ("statistics_sheet", ("qa",)),
        ("compilation", ("management_representative",)),
        ("open_letter", ("management_representative",)),
        ("response_notice", ("manager",)),
        ("department_report", ("director",)),
        ("improvement_plan", ("qa",)),
        ("correction_plan", ("executive",)),
        ("corrective_action_report", ("management_representative",)),
        ("closing_below_floor", ("qa",)),
        ("reviewed_exit", ("management_representative",)),
        ("year_end_list", ("director",)),
        ("notice", ("supervisor", "manager")),
    ],
)
def test_the_chains_are_those_of_the_domain(kind, steps):
    assert chain_for(kind, DEFAULT).steps == steps
    assert not chain_for(kind, DEFAULT).ours


def test_important_findings_and_compensation_go_to_the_executive():
    assert chain_for("compilation", DEFAULT, important=True).steps == ("management_representative", "executive")
    assert chain_for("corrective_action_report", DEFAULT, compensation=True).steps == ("executive",)


def test_who_signs_is_the_offices_policy():
    short = DEFAULT.changed("office", visit_record_steps=("manager",), campaign_plan_steps=("executive",))
    assert chain_for("visit_record", short).steps == ("manager",)
    assert chain_for("campaign_plan", short).steps == ("executive",)
    assert tried(chain_for("visit_record", short), "received", Action.SIGN, signer_roles={"manager"}) == "signed_1"


def test_chains_that_no_source_names_are_marked_and_every_role_exists():
    kinds = {kind: chain_for(kind, DEFAULT) for kind in KINDS}
    assert {kind for kind, chain in kinds.items() if chain.ours} == {
        "disclosure",
        "government_document",
        "survey_results",
        "company_announcement",
    }
    assert {role for chain in kinds.values() for role in chain.steps} <= ROLES
    with pytest.raises(Refused) as why:
        chain_for("poem", DEFAULT)
    assert why.value.code == "signoff.unknown_kind"


def test_states_are_read_from_their_names():
    assert parse_state("signed_12") == (State.SIGNED, 12)
    assert parse_state("returned") == (State.RETURNED, 0)
    for wrong in ("signed", "signed_0", "signed_x", "received_1", "done", ""):
        with pytest.raises(ValueError):  # noqa: PT011
            parse_state(wrong)
    with pytest.raises(ValueError, match="beyond"):
        advance(Chain("x", ("qa",)), "signed_2", Action.SIGN, step=3, signer_roles={"qa"}, is_author=False)


def test_every_state_but_the_last_has_a_way_on():
    assert {state for state, _ in TABLE} == set(State) - {State.CLOSED}
