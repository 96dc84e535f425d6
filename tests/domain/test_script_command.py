"""``portal script convert``: one line in, one line out."""

import pytest
from click.testing import CliRunner, Result

from portal.core.script_command import script_cli


def run(text: str | bytes, *arguments: str) -> Result:
    return CliRunner().invoke(script_cli, ["convert", *arguments], input=text)


def test_each_line_becomes_one_line() -> None:
    done = run("水龙头发生漏水\n\n于女士来电\n", "--from", "zh-Hans", "--to", "zh-Hant")
    assert (done.exit_code, done.stdout) == (0, "水龍頭發生漏水\n\n于女士來電\n")


def test_the_script_of_each_line_is_found_by_itself() -> None:
    done = run("头发\n頭髮\n后台\n", "--to", "zh-Hant-TW")
    assert done.stdout == "頭髮\n頭髮\n後臺\n"
    assert run("頭髮\n头发\n", "--from", "auto", "--to", "zh-Hans").stdout == "头发\n头发\n"


def test_line_endings_and_a_missing_last_one_are_kept() -> None:
    assert run("后台\r\n后台", "--to", "zh-Hant").stdout_bytes == "後臺\r\n後臺".encode()


def test_a_refused_line_comes_out_empty_and_the_others_are_converted() -> None:
    done = run(b"\xe5\x90\x8e\xe5\x8f\xb0\nA\0B\n\xff\n\xed\xa0\x80\n\xe5\x90\x8e\xe5\x8f\xb0\n", "--to", "zh-Hant")
    assert done.exit_code == 1
    assert done.stdout == "後臺\n\n\n\n後臺\n"
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == ["line 2", "line 3", "line 4"]
    assert "NUL" in done.stderr


@pytest.mark.parametrize(
    ("fmt", "expected"),
    [
        ("plain", "<i title='後門'>`後臺`{业主}</i>"),
        ("markdown", "<i title='後門'>`后台`{业主}</i>"),
        ("html", "<i title='後門'>`後臺`{业主}</i>"),
        ("message", "<i title='後門'>`後臺`{业主}</i>"),
    ],
)
def test_the_format_decides_what_is_protected(fmt: str, expected: str) -> None:
    done = run("<i title='后门'>`后台`{业主}</i>\n", "--from", "zh-Hans", "--to", "zh-Hant", "--format", fmt)
    assert done.stdout == expected + "\n"


def test_names_and_quotation_marks_are_options() -> None:
    done = run("“万里云”在后台\n", "--to", "zh-Hant", "--from", "zh-Hans", "--name", "万里云", "--quotes")
    assert done.stdout == "「万里云」在後臺\n"


@pytest.mark.parametrize("arguments", [("--to", "zh-TW"), ("--from", "zh-Hans"), ("--to", "auto"), ("--to", "en")])
def test_an_unknown_or_missing_script_is_an_error(arguments: tuple[str, ...]) -> None:
    assert run("后台\n", *arguments).exit_code == 2
