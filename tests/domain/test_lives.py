"""Opinions, complaints, publications and commitments move by their tables alone."""

from itertools import product

import pytest

from portal.domain.lives import (
    COMMITMENT_TABLE,
    COMPLAINT_TABLE,
    OPINION_TABLE,
    PUBLICATION_TABLE,
    SETTLED,
    Commitment,
    CommitmentAction,
    Opinion,
    OpinionAction,
    Publication,
    PublicationAction,
    next_commitment_state,
    next_opinion_state,
    next_publication_state,
)
from portal.domain.policy import DEFAULT, PRESETS
from portal.domain.refusals import Refused


def walk(*actions, complaint=False, policy=DEFAULT):
    state, number = Opinion.RECEIVED, 1
    for action in actions:
        found = next_opinion_state(state, OpinionAction(action), number, policy, complaint=complaint)
        state, number = found.state, found.round_number
    return state, number


def code(call, *args, **kwargs):
    with pytest.raises(Refused) as why:
        call(*args, **kwargs)
    return why.value.code


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("complaint", [False, True])
def test_only_the_table_moves_an_opinion(preset, complaint):
    table, policy = (COMPLAINT_TABLE if complaint else OPINION_TABLE), PRESETS[preset]
    for state, action, number in product(Opinion, OpinionAction, range(1, 6)):
        given = (state, action, number, policy)
        if (state, action) not in table:
            assert code(next_opinion_state, *given, complaint=complaint) == "opinion.not_now"
        elif action is OpinionAction.EXIT and number < policy.rounds_before_exit:
            assert code(next_opinion_state, *given, complaint=complaint) == "opinion.rounds_left"
        else:
            found = next_opinion_state(*given, complaint=complaint)
            assert found.state is table[state, action]
            assert found.round_number == number + (action is OpinionAction.AGAIN)


def test_an_opinion_goes_from_the_door_to_a_satisfied_resident():
    assert walk("classify", "assign", "measure", "complete", "satisfy") == (Opinion.SATISFIED, 1)
    assert walk("classify", "answer", "satisfy") == (Opinion.SATISFIED, 1)


def test_not_satisfied_goes_back_to_the_department_in_a_new_round():
    once = ("classify", "assign", "measure", "complete", "again")
    assert walk(*once) == (Opinion.ASSIGNED, 2)
    assert walk(*once, "measure", "complete", "again") == (Opinion.ASSIGNED, 3)


def test_the_reviewed_exit_opens_only_after_the_rounds_of_the_policy():
    first = ("classify", "assign", "measure", "complete")
    round_ = ("again", "measure", "complete")
    with pytest.raises(Refused) as why:
        walk(*first, *round_, "exit")
    assert (why.value.code, why.value.params) == ("opinion.rounds_left", {"round": 2, "rounds": 3})
    assert walk(*first, *round_, *round_, "exit") == (Opinion.EXITED, 3)
    patient = DEFAULT.changed("office", rounds_before_exit=1)
    assert walk(*first, "exit", policy=patient) == (Opinion.EXITED, 1)


def test_what_cannot_be_done_now_is_explained_and_carried_into_next_year():
    assert walk("classify", "assign", "explain") == (Opinion.EXPLAINED, 1)
    assert walk("classify", "assign", "put_off", "assign") == (Opinion.ASSIGNED, 1)
    assert walk("classify", "assign", "put_off", "decline") == (Opinion.NEVER, 1)


def test_a_defect_that_is_still_there_opens_a_settled_opinion_again():
    assert walk("classify", "assign", "measure", "complete", "satisfy", "again") == (Opinion.ASSIGNED, 2)


def test_a_department_without_a_measure_cannot_report_it_done():
    assert code(walk, "classify", "assign", "complete") == "opinion.not_now"
    assert code(walk, "classify", "assign", "measure", "satisfy") == "opinion.not_now"


def test_a_complaint_takes_its_steps_in_order():
    steps = ("acknowledge", "judge", "investigate", "assign", "propose", "answer", "measure", "complete", "satisfy")
    assert walk(*steps, complaint=True) == (Opinion.SATISFIED, 1)
    for i in range(len(steps) - 1):
        skipped = steps[:i] + steps[i + 1 :]
        if steps[i] != "measure":  # an answer that needed no measure is complete
            assert code(walk, *skipped, complaint=True) == "opinion.not_now"


def test_a_complaint_judged_invalid_is_answered_with_the_reason_and_may_be_judged_again():
    assert walk("acknowledge", "judge", "explain", complaint=True) == (Opinion.EXPLAINED, 1)
    assert walk("acknowledge", "judge", "explain", "judge", "investigate", complaint=True) == (Opinion.INVESTIGATED, 1)


def test_a_plain_opinion_never_enters_a_complaints_states():
    own = {Opinion.ACKNOWLEDGED, Opinion.JUDGED, Opinion.INVESTIGATED, Opinion.PROPOSED, Opinion.ANSWERED}
    assert not own & set(OPINION_TABLE.values())
    assert own <= set(COMPLAINT_TABLE.values())


@pytest.mark.parametrize("table", [OPINION_TABLE, COMPLAINT_TABLE])
def test_every_opinion_can_reach_an_end(table):
    ways = {state: {to for (start, _), to in table.items() if start == state} for state in Opinion}
    reached, fresh = set(), {Opinion.RECEIVED}
    while fresh:
        reached |= fresh
        fresh = {to for state in fresh for to in ways[state]} - reached
    ending = set(SETTLED)
    for _ in Opinion:
        ending |= {state for state in reached if ways[state] & ending}
    assert reached <= ending
    assert ways[Opinion.EXITED] == set()


@pytest.mark.parametrize(
    ("states", "actions", "table", "step", "refused"),
    [
        (Publication, PublicationAction, PUBLICATION_TABLE, next_publication_state, "publication.not_now"),
        (Commitment, CommitmentAction, COMMITMENT_TABLE, next_commitment_state, "commitment.not_now"),
    ],
)
def test_only_the_table_moves_what_is_public(states, actions, table, step, refused):
    for state, action in product(states, actions):
        if (state, action) in table:
            assert step(state, action) is table[state, action]
        else:
            assert code(step, state, action) == refused
    assert set(table.values()) == set(states)


def test_a_text_edited_after_its_check_is_checked_again():
    for state in (Publication.CHECKED, Publication.APPROVED):
        assert next_publication_state(state, PublicationAction.EDIT) is Publication.DRAFT
    for action in (PublicationAction.EDIT, PublicationAction.PUBLISH):
        assert code(next_publication_state, Publication.PUBLISHED, action) == "publication.not_now"
    assert code(next_publication_state, Publication.CHECKED, PublicationAction.PUBLISH) == "publication.not_now"


def test_a_promise_is_verified_only_when_reported_done_and_stays_verified():
    assert code(next_commitment_state, Commitment.OPEN, CommitmentAction.VERIFY) == "commitment.not_now"
    assert next_commitment_state(Commitment.DONE, CommitmentAction.REJECT) is Commitment.OPEN
    assert next_commitment_state(Commitment.OVERDUE, CommitmentAction.COMPLETE) is Commitment.DONE
    for action in (CommitmentAction.DECLINE, CommitmentAction.CHANGE, CommitmentAction.COMPLETE):
        assert code(next_commitment_state, Commitment.VERIFIED, action) == "commitment.not_now"
