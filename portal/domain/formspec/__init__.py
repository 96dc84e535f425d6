"""What a form document is, and what is wrong with the answers to it.

The browser's twin is ``static/js/field/formspec.js``. One file of cases, ``tests/cases/formspec.json``,
holds both to the same codes in the same order.
"""

from portal.domain.formspec.answers import problems, without_hidden
from portal.domain.formspec.check import check_document
from portal.domain.formspec.documents import document_hash, load, published, read_document
from portal.domain.formspec.model import Document, Field, Grade, Option, Problem, Step, Words
from portal.domain.formspec.references import Reference, references
from portal.domain.formspec.schema import json_schema

__all__ = [
    "Document",
    "Field",
    "Grade",
    "Option",
    "Problem",
    "Reference",
    "Step",
    "Words",
    "check_document",
    "document_hash",
    "json_schema",
    "load",
    "problems",
    "published",
    "read_document",
    "references",
    "without_hidden",
]
