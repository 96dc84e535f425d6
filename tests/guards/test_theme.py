"""Dark is said twice, for the device's setting and for the reader's choice: both must be the same, and name every colour."""

import re
from pathlib import Path

TOKENS = (Path(__file__).parents[2] / "static" / "css" / "tokens.css").read_text("utf-8")


def colours(head: str) -> dict[str, str]:
    found = re.search(re.escape(head) + r"\s*\{([^}]*)\}", TOKENS)
    assert found, head
    return dict(re.findall(r"(--[a-z0-9-]+):\s*(#[0-9a-f]{6})", found[1]))


def test_the_two_ways_into_the_dark_are_the_same() -> None:
    light, device, chosen = (
        colours(":root"),
        colours(':root:not([data-theme="light"])'),
        colours(':root[data-theme="dark"]'),
    )
    assert device == chosen and device.keys() == light.keys() and len(light) > 20
