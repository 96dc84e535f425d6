"""The one way a rule says no: a code and its parameters; the words are chosen at the edge (``portal.core.messages``)."""


class Refused(Exception):
    """A request that a rule forbids.

    ``code`` is stable, lower case with underscores or dots (``stale_revision``); ``params`` fill the sentence shown to a
    person. ``field`` names the form field at fault, or is empty when the whole request is meant.
    """

    def __init__(self, code: str, field: str = "", **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.params = params
