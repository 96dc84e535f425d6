"""The numbers a campaign was planned by: a copy of the policy of its day, so that a later change judges no earlier survey."""

from typing import Any

from portal.domain.policy import DEFAULT, SPECS, Policy, read_field, write_field

ALSO = ("attempts_at_most", "deadline_counting")


def snapshot(policy: Policy) -> dict[str, Any]:
    """The policy's survey numbers as text by field, each with its source where a preset gave it."""
    names = [name for name, spec in SPECS.items() if spec.area == "surveys" or name in ALSO]
    return {
        "values": {name: write_field(name, getattr(policy, name)) for name in names},
        "sources": {name: policy.sources[name] for name in names if name in policy.sources},
    }


def policy_of(kept: Any) -> Policy:
    """The policy of a campaign's ``policy`` column; fields younger than the campaign have their default."""
    values = {name: read_field(name, text) for name, text in kept["values"].items() if name in SPECS}
    policy = DEFAULT.changed("campaign", **values)
    return Policy(**{name: getattr(policy, name) for name in SPECS}, sources=kept["sources"])
