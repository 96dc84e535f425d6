"""Values that keep the text rules, made by chance with a seed, for comparing writers of canonical JSON."""

import random
from typing import Any

LETTERS = 'aZ09 "\\/\b\f\n\r\t\u0001\u001f\u007f\u0080éß邻鄰\u2028\ufeff\ufffd😀𠮷'
KEY_LETTERS = "abcxyz0189_"


def random_value(chance: random.Random, depth: int = 4) -> Any:
    kind = chance.choice(("text", "text", "number", "constant", "list", "object") if depth else ("text", "number"))
    if kind == "text":
        return "".join(chance.choices(LETTERS, k=chance.randrange(12)))
    if kind == "number":
        return chance.choice((0, 1, -1, 2**53 - 1, 1 - 2**53, chance.randint(-(10**6), 10**6)))
    if kind == "constant":
        return chance.choice((None, True, False))
    size = chance.randrange(6)
    if kind == "list":
        return [random_value(chance, depth - 1) for _ in range(size)]
    keys = (chance.choice("abz") + "".join(chance.choices(KEY_LETTERS, k=chance.randrange(4))) for _ in range(size))
    return {key: random_value(chance, depth - 1) for key in keys}
