"""Simplified and traditional Chinese: detection, conversion, what a person should look at.

Loading this package is cheap; OpenCC and the segmenter are loaded by the first conversion.
"""

from portal.domain.script.characters import detect_script, leftovers, simplify_for_index
from portal.domain.script.engine import convert, doubtful, engine_name
from portal.domain.script.records import FORMATS, SCRIPTS, Converted, GlossaryEntry, Override, Span

__all__ = [
    "FORMATS",
    "SCRIPTS",
    "Converted",
    "GlossaryEntry",
    "Override",
    "Span",
    "convert",
    "detect_script",
    "doubtful",
    "engine_name",
    "leftovers",
    "simplify_for_index",
]
