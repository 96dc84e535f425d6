"""What a document says when it cannot be made: a code and its parameters; the words are chosen at the edge."""


class DocumentFailed(Exception):
    """A PDF could not be made.

    ``code`` is stable: ``fonts_not_ready`` (the job worker has not prepared them yet), ``fonts_missing`` (the folder
    named in ``PORTAL_FONT_DIR`` lacks a face, or no source of fonts is installed), ``fonts_not_writable``,
    ``fonts_not_prepared`` (the preparation itself broke), ``wrong_library`` (another version of the PDF library than
    the one the corrections were written for), ``not_drawn`` (the library could not lay the page out). ``params`` fill
    the sentence. No text of the document itself is in either, since both reach the log.
    """

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params
