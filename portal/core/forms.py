"""The base of every form: its words come from our catalogues, and a refusal by a rule lands on its field."""

from typing import Any

from flask_babel import get_domain, gettext
from flask_wtf import FlaskForm
from wtforms import Field

from portal.core.messages import sentence
from portal.domain.refusals import Refused


class _OurWords:
    """WTForms' own texts are simplified even on traditional pages; these come from our catalogues (``core.messages``)."""

    def gettext(self, message: str) -> str:
        return gettext(message)

    def ngettext(self, one: str, many: str, n: int) -> str:
        """Only translated: WTForms fills its own placeholders in afterwards."""
        found: str = get_domain().get_translations().ungettext(one, many, n)
        return found


class PortalForm(FlaskForm):
    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> _OurWords:
            return _OurWords()

    def refuse(self, why: Refused) -> None:
        """Show a refusal at its field, or above the form."""
        words = sentence(why.code, why.params)
        field: Field | None = self._fields.get(why.field)
        if field is not None:
            field.errors = [*field.errors, words]
        else:
            self.form_errors.append(words)

    @property
    def every_error(self) -> list[tuple[str, str]]:
        """(field name or '', sentence) of all errors, for the summary above the form."""
        found = [("", error) for error in self.form_errors]
        for name, field in self._fields.items():
            found += [(name, str(error)) for error in _flat(field.errors)]
        return found


def _flat(errors: Any) -> list[str]:
    if isinstance(errors, dict):
        return [e for part in errors.values() for e in _flat(part)]
    return [e for part in errors for e in (_flat(part) if isinstance(part, (list, tuple, dict)) else [part])]
