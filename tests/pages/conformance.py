"""Whether a page is valid HTML: parsed strictly by html5lib, then held against the content models of the HTML standard.

html5lib finds what the standard calls parse errors: tags left open or out of place, attributes given twice, wrong
nesting of tables and forms. What it does not know is which element may stand in which, and which attributes there are;
those are the tables here, from the standard's own index of elements. htmx's ``hx-*`` attributes are let through.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import html5lib
from html5lib.html5parser import ParseError


def named(told: str) -> set[str]:
    return set(told.split())


PHRASING = named(
    "a abbr audio b bdi bdo br button canvas cite code data datalist del dfn em i iframe img input ins kbd "
    "label map mark meter noscript object output picture progress q ruby s samp script select slot small span "
    "strong sub sup svg template textarea time u var video wbr "
)
FLOW_ONLY = named(
    "address article aside blockquote details dialog div dl fieldset figure footer form h1 h2 h3 h4 h5 h6 "
    "header hgroup hr main menu nav ol p pre search section table ul "
)
PARTS = named(
    "html head body title meta link style base li dt dd figcaption legend summary caption colgroup col thead "
    "tbody tfoot tr td th option optgroup source track param area rt rp "
)
KNOWN = PHRASING | FLOW_ONLY | PARTS
PHRASING_INSIDE = named(
    "p h1 h2 h3 h4 h5 h6 pre span em strong small s cite q dfn abbr code var samp kbd sub sup i b u mark bdi "
    "bdo time data button label output dt legend summary progress meter "
) - {"dt", "legend", "summary"}
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
INTERACTIVE = {"a", "button", "details", "embed", "iframe", "label", "select", "textarea"}
CHILDREN = {
    "ul": {"li", "script", "template"}, "ol": {"li", "script", "template"}, "menu": {"li", "script", "template"},
    "dl": {"dt", "dd", "div", "script", "template"}, "select": {"option", "optgroup", "hr", "button"},
    "tr": {"td", "th", "script", "template"}, "optgroup": {"option"}, "colgroup": {"col", "template"},
}  # fmt: skip
PARENTS = {
    "li": {"ul", "ol", "menu"}, "dt": {"dl", "div"}, "dd": {"dl", "div"}, "figcaption": {"figure"}, "legend": {"fieldset"},
    "summary": {"details"}, "caption": {"table"}, "td": {"tr"}, "th": {"tr"}, "option": {"select", "datalist", "optgroup"},
}  # fmt: skip
GLOBAL = named(
    "accesskey autocapitalize autocorrect autofocus class contenteditable dir draggable enterkeyhint hidden id "
    "inert inputmode is itemid itemprop itemref itemscope itemtype lang nonce popover role slot spellcheck "
    "tabindex title translate "
)
FORM_CONTROL = "disabled form name"
SENDS = "formaction formenctype formmethod formnovalidate formtarget"
OWN = {
    "a": "href target download ping rel hreflang type referrerpolicy", "html": "", "button": f"{FORM_CONTROL} {SENDS} type value command commandfor popovertarget popovertargetaction",
    "canvas": "width height", "col": "span", "colgroup": "span", "data": "value", "del": "cite datetime", "ins": "cite datetime",
    "details": "open name", "dialog": "open closedby", "fieldset": FORM_CONTROL,
    "form": "accept-charset action autocomplete enctype method name novalidate target rel",
    "img": "alt src srcset sizes crossorigin usemap ismap width height referrerpolicy decoding loading fetchpriority",
    "input": f"{FORM_CONTROL} {SENDS} accept alpha alt autocomplete checked capture dirname height list max maxlength min minlength multiple "
    "pattern placeholder popovertarget popovertargetaction readonly required size src step type value width",
    "label": "for", "li": "value", "link": "href crossorigin rel media integrity hreflang type referrerpolicy sizes imagesrcset imagesizes as blocking color disabled fetchpriority",
    "meta": "name http-equiv content charset media property", "meter": "value min max low high optimum", "ol": "reversed start type",
    "optgroup": "disabled label", "option": "disabled label selected value", "output": "for form name", "progress": "value max",
    "q": "cite", "blockquote": "cite", "script": "src type nomodule async defer crossorigin integrity referrerpolicy blocking fetchpriority",
    "select": f"{FORM_CONTROL} autocomplete multiple required size", "td": "colspan rowspan headers", "th": "colspan rowspan headers scope abbr",
    "textarea": f"{FORM_CONTROL} autocomplete cols dirname maxlength minlength placeholder readonly required rows wrap",
    "time": "datetime", "template": "shadowrootmode", "video": "src poster controls width height", "audio": "src controls",
    "body": "", "table": "", "source": "type media src srcset sizes width height",
}  # fmt: skip
REFERENCES = ("for", "form", "list", "headers", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "aria-details", "aria-errormessage")  # fmt: skip
NAMELESS = named("b code del div em i ins p pre s small span strong sub sup u ")


def problems(html: str, *, part: bool = False) -> list[str]:
    """What is not valid in a page, or in a part of one that a script puts into a page."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    try:
        tree = parser.parseFragment(html) if part else parser.parse(html)
    except ParseError as why:
        line, column = parser.tokenizer.stream.position()
        return [f"line {line}, column {column}: {why}"]
    return list(_problems(tree, part=part))


def _problems(tree: Any, *, part: bool) -> Iterator[str]:
    parents = {child: parent for parent in tree.iter() for child in parent}
    ids = Counter(e.get("id") for e in _elements(tree) if e.get("id") is not None)
    yield from (f"the id {name!r} stands {count} times" for name, count in ids.items() if count > 1)
    for e in _elements(tree):
        if "{" in e.tag or _within(e, parents, {"svg", "math"}):
            continue
        yield from _place(e, parents)
        yield from _attributes(e)
        yield from _inside(e)
        if not part:
            yield from _references(e, ids)


def _elements(tree: Any) -> Iterator[Any]:
    return (e for e in tree.iter() if isinstance(e.tag, str) and e.tag not in ("DOCUMENT_ROOT", "DOCUMENT_FRAGMENT"))


def _ancestors(e: Any, parents: dict[Any, Any]) -> Iterator[Any]:
    while (e := parents.get(e)) is not None:
        if isinstance(e.tag, str):
            yield e


def _within(e: Any, parents: dict[Any, Any], tags: Iterable[str]) -> bool:
    return any(a.tag.rsplit("}", 1)[-1] in tags for a in _ancestors(e, parents))


def shown(e: Any) -> str:
    given = " ".join(f'{k}="{v}"' for k, v in list(e.attrib.items())[:4])
    return f"<{e.tag}{' ' if given else ''}{given[:120]}>"


def _place(e: Any, parents: dict[Any, Any]) -> Iterator[str]:
    if e.tag not in KNOWN:
        yield f"{shown(e)}: there is no such element"
    parent = parents.get(e)
    here = parent.tag if parent is not None and isinstance(parent.tag, str) else None
    if here in CHILDREN and e.tag not in CHILDREN[here]:
        yield f"{shown(e)} may not stand in {shown(parent)}"
    if (
        e.tag in PARENTS
        and here is not None
        and here not in PARENTS[e.tag]
        and not here.startswith(("DOCUMENT", "template"))
    ):
        yield f"{shown(e)} may not stand in {shown(parent)}"
    if e.tag in FLOW_ONLY:
        for above in _through_transparent(e, parents):
            if above.tag in PHRASING_INSIDE or (above.tag in ("summary", "legend") and e.tag not in HEADINGS):
                yield f"{shown(e)} may not stand in {shown(above)}, which takes running text only"
    if _interactive(e):
        for above in _ancestors(e, parents):
            if above.tag in ("a", "button") or (above.tag == "label" and e.tag in ("a", "button", "label", "details")):
                yield f"{shown(e)} may not stand in {shown(above)}: both can be operated"
    if e.tag in ("header", "footer", "main", "dt") and e.tag in [a.tag for a in _ancestors(e, parents)]:
        yield f"{shown(e)} may not stand in its like"


def _through_transparent(e: Any, parents: dict[Any, Any]) -> Iterator[Any]:
    """The parent whose content model counts: ``a``, ``ins``, ``del`` and ``noscript`` take what theirs takes."""
    for above in _ancestors(e, parents):
        yield above
        if above.tag not in ("a", "ins", "del", "noscript", "map", "object", "slot", "canvas"):
            return


def _interactive(e: Any) -> bool:
    if e.tag == "a":
        return e.get("href") is not None
    return e.tag in INTERACTIVE or (e.tag == "input" and e.get("type") != "hidden") or e.get("tabindex") is not None


def _attributes(e: Any) -> Iterator[str]:
    own = GLOBAL | set(OWN.get(e.tag, "").split())
    for name, value in e.attrib.items():
        if name in ("style",) or name.startswith("on"):
            yield f"{shown(e)}: {name} stands in the page itself"
        elif name not in own and not str(name).startswith(("data-", "aria-", "hx-")):
            yield f"{shown(e)} has no attribute {name!r}"
        elif name == "id" and (not value or re.search(r"\s", value)):
            yield f"{shown(e)}: not an id"
        elif name in ("href", "src", "action", "formaction") and re.search(r"[\s<>]", value.strip()):
            yield f"{shown(e)}: not an address"
        elif name in (
            "maxlength",
            "minlength",
            "rows",
            "cols",
            "size",
            "colspan",
            "rowspan",
            "tabindex",
        ) and not re.fullmatch(r"-?\d+", value):
            yield f"{shown(e)}: {name} is no number"
    if e.tag == "script" and not e.get("src") and e.get("type") != "application/json":
        yield f"{shown(e)}: a script stands in the page itself"
    if e.tag == "style":
        yield "a style sheet stands in the page itself"
    if (
        e.tag == "input"
        and e.get("type", "text") in ("checkbox", "radio", "file", "date", "number", "hidden")
        and e.get("placeholder")
    ):
        yield f"{shown(e)} has no placeholder"
    if (
        e.tag == "input"
        and e.get("type") in ("checkbox", "radio", "file", "date", "number", "time", "hidden", "submit")
        and e.get("maxlength")
    ):
        yield f"{shown(e)} has no maxlength"
    if e.tag == "input" and e.get("type") == "hidden" and e.get("required") is not None:
        yield f"{shown(e)} cannot be required"
    if e.get("aria-label") and e.tag in NAMELESS and not e.get("role"):
        yield f"{shown(e)} takes no name without a role"
    if e.tag == "time" and not e.get("datetime") and not re.match(r"\d", "".join(e.itertext()).strip() or "0"):
        yield f"{shown(e)} says no time that a program understands"
    if e.tag == "select" and e.get("required") is not None and e.get("multiple") is None:
        offered = next(e.iter("option"), None)
        if offered is not None and offered.get("value") != "":
            yield f"{shown(e)} is required but offers nothing empty first"
    for needed, tag in (("alt", "img"), ("src", "img"), ("label", "optgroup")):
        if e.tag == tag and e.get(needed) is None:
            yield f"{shown(e)} lacks {needed}"
    if e.tag == "a" and e.get("href") is None and e.get("target"):
        yield f"{shown(e)}: a target without an address"


def _inside(e: Any) -> Iterator[str]:
    inside = [child.tag for child in e if isinstance(child.tag, str)]
    if e.tag == "dl":
        groups = [c for child in e for c in (child if child.tag == "div" else [child]) if isinstance(c.tag, str)]
        tags = [c.tag for c in groups if c.tag in ("dt", "dd")]
        if tags and (tags[0] != "dt" or tags[-1] != "dd"):
            yield f"{shown(e)}: a term without what it means, or the other way round"
    if e.tag == "details" and inside[:1] != ["summary"]:
        yield f"{shown(e)} does not begin with a summary"
    if e.tag == "fieldset" and "legend" in inside[1:]:
        yield f"{shown(e)}: its legend does not come first"
    if e.tag == "table" and "caption" in inside[1:]:
        yield f"{shown(e)}: its caption does not come first"
    if e.tag in CHILDREN and e.tag not in ("select",) and (e.text or "").strip():
        yield f"{shown(e)}: text stands between its parts"
    if e.tag == "label":
        controls = [
            c
            for c in e.iter()
            if c.tag in ("input", "select", "textarea", "button", "output", "meter", "progress")
            and c.get("type") != "hidden"
        ]
        if len(controls) > 1:
            yield f"{shown(e)} names more than one control"
        if controls and e.get("for") and controls[0].get("id") != e.get("for"):
            yield f"{shown(e)} names another control than the one in it"
    if e.tag in HEADINGS and not "".join(e.itertext()).strip() and not any("data-slot" in c.attrib for c in e.iter()):
        yield f"{shown(e)}: an empty heading"


def _references(e: Any, ids: Counter[str]) -> Iterator[str]:
    for name in REFERENCES:
        for told in (e.get(name) or "").split():
            if told not in ids:
                yield f"{shown(e)}: {name} names {told!r}, which is not there"
    address = e.get("href") or ""
    if e.tag == "a" and address.startswith("#") and address[1:] and address[1:] not in ids:
        yield f"{shown(e)} leads to {address}, which is not there"
