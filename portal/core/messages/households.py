"""Estates and their households: why a roster, a row of it or a new community cannot be taken, and what is doubtful.

``roster.*`` speaks of a file or a request, ``roster_row.*`` of one row, ``roster_note.*`` of what was understood.
"""

from typing import Any

from flask_babel import lazy_gettext as _l

_FILES: dict[str, Any] = {
    "roster.empty": _l("There is nothing in this file. Please choose the file that holds the roster."),
    "roster.too_large": _l("This file is larger than %(most_mb)s MB. Please divide the roster into several files."),
    "roster.too_large_unpacked": _l(
        "This workbook is too large once unpacked. Please save the sheet of the roster alone as a new XLSX or CSV file."
    ),
    "roster.too_many_rows": _l("There are more than %(most)s rows. Please divide the roster into several files."),
    "roster.not_a_table": _l("This file is not a table. Please save the roster as XLSX or CSV and upload that."),
    "roster.not_a_table.pdf": _l("This is a PDF. Please upload the spreadsheet it was printed from, as XLSX or CSV."),
    "roster.not_a_table.image": _l("This is a picture. Please upload the roster as a table: XLSX or CSV."),
    "roster.not_a_table.archive": _l(
        "This is an archive of files. Please unpack it and upload the roster itself, as XLSX or CSV."
    ),
    "roster.not_a_table.document": _l(
        "This is a text document. Please copy its table into a spreadsheet and save that as XLSX or CSV."
    ),
    "roster.not_a_table.web_page": _l(
        "This is a web page, even if its name ends in .xls. Please open it in a spreadsheet program and save it as XLSX."
    ),
    "roster.not_a_table.binary": _l(
        "This file holds no text that could be read. Please save the roster as XLSX or CSV and upload that."
    ),
    "roster.not_a_table.long_lines": _l(
        "The lines of this file are longer than any roster's. Please save the roster as XLSX or CSV and upload that."
    ),
    "roster.old_format": _l("This is an older kind of spreadsheet. Please open it and save it as XLSX, then upload that."),
    "roster.encrypted": _l("This file has a password. Please save it without one and upload it again."),
    "roster.encoding": _l(
        "The characters of this file could not be read. Please choose another encoding, or save the roster as XLSX."
    ),
    "roster.no_such_sheet": _l("There is no sheet of this name: %(sheet)s. Please choose one of the sheets offered."),
    "roster.unreadable": _l(
        "This file is damaged or cut short. Please open it in a spreadsheet program, save it anew as XLSX and upload that."
    ),
    "roster.no_room_column": _l("No column tells the rooms. Please choose which column holds the room or the address."),
    "roster.no_such_row": _l("The heading must be one of the first %(most)s rows. Please enter its number, or 0."),
    "roster.no_file": _l("Please choose the file of the roster."),
    "roster.file_gone": _l("The file is no longer here. Please upload it again; what was imported stays."),
    "roster.started": _l("This roster has been started already. Please look at how far it has come."),
    "roster.stopped": _l("The import stopped before its end. What was imported stays; start it again to go on."),
    "community.unknown": _l("There is no such community in this office. Known communities: %(known)s"),
    "community.unknown_none": _l("This office has no community yet. Add one, or name it and allow a new one."),
    "community.choose": _l("Please choose the community, or a new one."),
    "community.name_missing": _l("Please enter the name of the new community."),
    "community.name_taken": _l("This office has a community of this name already. Please choose it from the list."),
    "community.name_long": _l("The name is longer than %(most)s characters. Please shorten it."),
    "community.name_used": _l("Another community of this office has this name already."),
    "community.handover_future": _l("The first handover cannot lie in the future. Please check the date."),
}  # fmt: skip

_REFUSED: dict[str, Any] = {
    "roster_row.no_room": _l("No room number"),
    "roster_row.no_building": _l("No building"),
    "roster_row.address_unreadable": _l("The address could not be understood: %(text)s"),
    "roster_row.address_disagrees": _l("Two cells name different places: %(one)s and %(other)s"),
    "roster_row.formula": _l("A cell holds a formula instead of its result (%(column)s)"),
    "roster_row.cell_error": _l("A cell holds a spreadsheet's error (%(column)s)"),
    "roster_row.garbled": _l("A cell holds broken characters (%(column)s)"),
    "roster_row.cell_too_long": _l("A cell holds too much text (%(column)s)"),
    "roster_row.too_many_cells": _l("There are more cells than headings (%(columns)s); a comma inside a cell moves the others"),
    "roster_row.name_is_number": _l("A number stands where a name should be"),
    "roster_row.name_too_long": _l("A name is longer than %(most)s characters"),
}  # fmt: skip

_DOUBTFUL: dict[str, Any] = {
    "roster_row.floor_unreadable": _l("The floor could not be understood and was left out: %(text)s"),
    "roster_row.floor_differs": _l("The floor (%(floor)s) does not fit the room (%(room)s)"),
    "roster_row.stair_missing": _l("Other rows name a stair, this one does not"),
    "roster_row.no_name": _l("Nobody is named, though the flat is not vacant"),
    "roster_row.tenant_but_own": _l("A tenant is named, though the flat is marked as owner-occupied"),
    "roster_row.tenant_but_vacant": _l("A tenant is named, though the flat is marked as vacant"),
    "roster_row.status_unknown": _l("The state could not be understood and was left out: %(text)s"),
    "roster_row.flag_unknown": _l("“%(field)s” says neither yes nor no and was left out: %(text)s"),
    "roster_row.date_unreadable": _l("The date could not be understood and was left out: %(text)s"),
    "roster_row.date_republic": _l("A year of the Republic (Minguo) is not converted; the date was left out: %(text)s"),
    "roster_row.date_short_year": _l("The year has two digits; the date was left out: %(text)s"),
    "roster_row.date_out_of_range": _l("The year cannot be right; the date was left out: %(text)s"),
    "roster_row.date_future": _l("The date lies in the future: %(text)s"),
    "roster_row.language_unknown": _l("The language is not one of ours and was left out: %(text)s"),
    "roster_row.area_unreadable": _l("The area could not be understood and was left out: %(text)s"),
    "roster_row.phone_without_name": _l("There is a phone number that belongs to no name"),
    "roster_row.relation_unknown": _l("The relation could not be understood and was left out: %(text)s"),
    "roster_row.name_unclear": _l("A name has a question mark where a character was lost"),
    "roster_row.many_names": _l("There are %(count)s names in one cell"),
    "roster_row.phone_malformed": _l("A phone number has an unusual number of digits (%(digits)s)"),
    "roster_row.phone_masked": _l("A phone number is partly hidden by stars and was left out"),
    "roster_row.phone_rounded": _l("A spreadsheet kept only some digits of a phone number; it was left out"),
    "roster_row.phones_by_order": _l("%(count)s names and as many numbers: they were matched by their order"),
    "roster_row.phones_unmatched": _l("%(names)s names and %(phones)s numbers: all numbers were given to the first name"),
    "roster_row.cells_beyond": _l("There is text to the right of the headings, which was not read"),
    "roster_row.known_differs": _l("Known already with other data, which was kept: %(fields)s"),
    "roster_row.known_left": _l("%(count)s of the people named are recorded here as moved out and were not added again"),
}  # fmt: skip

_NOTES: dict[str, Any] = {
    "roster_note.encoding_damaged": _l("Some characters could not be read as %(encoding)s. Their rows will be refused."),
    "roster_note.quotes_damaged": _l("A quotation mark near line %(line)s is never closed; the file was read line by line."),
    "roster_note.formulas": _l("The workbook holds formulas. Only their stored results are read."),
    "roster_note.other_sheets": _l("Other sheets look like rosters too: %(sheets)s. Only one sheet is imported at a time."),
    "roster_note.no_header": _l("No heading was found; the columns were guessed by what they hold."),
    "roster_note.column_unknown": _l("Column %(column)s (%(heading)s) is not known; choose what it holds, or leave it out."),
    "roster_note.column_twice": _l("Column %(column)s (%(heading)s) says again what another column says; it is left out."),
    "roster_note.column_looks_wrong": _l("Column %(column)s (%(heading)s) does not look like “%(field)s”."),
    "roster_note.date_order_guessed": _l("Dates such as 03/05/2009 were read with the %(order)s first. Please check them."),
    "roster_note.no_room_column": _l("No column tells the rooms. Please choose which column holds the room or the address."),
}  # fmt: skip

WORDS: dict[str, Any] = _FILES | _REFUSED | _DOUBTFUL | _NOTES
REFUSED_ROWS = frozenset(code.partition(".")[2] for code in _REFUSED)
DOUBTFUL_ROWS = frozenset(code.partition(".")[2] for code in _DOUBTFUL)
