"""Forms of the roster pages: handing in a file, and looking over what was understood of it."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import DateField, FieldList, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, NumberRange, Optional

from portal.core.forms import PortalForm
from portal.core.labels import LABELS
from portal.domain.roster.headings import FIELDS, IGNORED
from portal.domain.roster.layout import Layout
from portal.domain.roster.limits import HEADING_ROWS, MAX_COLUMNS
from portal.households.communities import MAX_NAME_CHARACTERS
from portal.households.models import RosterImport
from portal.households.roster_text import ENCODINGS

NEW = "new"


def options(pairs: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    """(value, words) as WTForms wants the options of a select field."""
    return [SelectChoice(value, words) for value, words in pairs]


def column_choices() -> list[SelectChoice]:
    """All that a column may hold, the ones on addresses first."""
    fields = [(name, LABELS["roster_field"][name]) for name in FIELDS if name != IGNORED]
    return options([("", _l("Not known")), *fields, (IGNORED, LABELS["roster_field"][IGNORED])])


class Answered(Optional):
    """A field that always has an answer, so that it is not told to be optional; left out, it is not checked further."""

    def __init__(self) -> None:
        super().__init__()
        self.field_flags = {"required": True}


class UploadForm(PortalForm):
    file = FileField(_l("File of the roster"), [Answered()], render_kw={"accept": ".xlsx,.xlsm,.csv,.tsv,.txt"})


class LookOverForm(PortalForm):
    """How the file is read, what each column holds, and where its households go."""

    sheet = SelectField(_l("Sheet"), [Answered()], validate_choice=False)
    encoding = SelectField(_l("Encoding"), [Answered()], choices=options((e, LABELS["encoding"][e]) for e in ENCODINGS))
    header = IntegerField(_l("Row of the headings (0: none)"), [Answered(), NumberRange(0, HEADING_ROWS)])
    columns = FieldList(SelectField(_l("Column"), [Optional()], choices=column_choices()), max_entries=MAX_COLUMNS)
    community = SelectField(_l("Community"), [Answered()])
    name = StringField(_l("Name of the new community"), [Answered(), Length(max=MAX_NAME_CHARACTERS)])
    other_half = StringField(_l("The same name in the other script"), [Optional(), Length(max=MAX_NAME_CHARACTERS)])
    first_handover = DateField(_l("First handover"), [Optional()])

    def offer(self, found: RosterImport, communities: Sequence[tuple[str, Any]]) -> None:
        """Fill the choices; what was posted stays chosen."""
        self.sheet.choices = options((name, name) for name in found.source["sheets"])
        self.community.choices = options([("", _l("Please choose")), *communities, (NEW, _l("A new community"))])

    def header_rows(self, layout: Layout) -> tuple[int, ...]:
        """The heading's rows from 0, as this form has them; unchanged where its last row is unchanged."""
        last = self.header.data if self.header.data is not None else heading_ends(layout)
        if last == heading_ends(layout):
            return layout.header
        return (last - 1,) if last else ()

    def fields(self) -> dict[int, str]:
        """By column, from 0, the field that a person chose; columns left open are left out."""
        return {place: entry.data for place, entry in enumerate(self.columns) if entry.data in FIELDS}


def heading_ends(layout: Layout) -> int:
    """The number of the heading's last row as a spreadsheet shows it; 0 where there is no heading."""
    return layout.header[-1] + 1 if layout.header else 0
