"""How large a roster may be; beyond it the file is refused in words before anything is read.

The numbers protect the machine, not a procedure, so they are constants with names and not fields of an office's policy.
An estate of 20,000 households with every family member on a row of its own stays far below each of them.
"""

MAX_FILE_BYTES = 64 * 1024 * 1024
"""Bytes of the file as it was handed in."""

MAX_UNPACKED_BYTES = 512 * 1024 * 1024
"""Bytes of all parts of a workbook together once unpacked."""

MAX_PACKING_RATIO = 250
"""Unpacked bytes to packed ones of one part; a real sheet of 100,000 rows is packed about 15 to 1."""

RATIO_COUNTS_FROM_BYTES = 1024 * 1024
"""Parts smaller than this may be packed as tightly as they like."""

MAX_PARTS = 2000
"""Entries in the archive of a workbook."""

MAX_ROWS = 200_000
"""Rows that hold anything, titles and totals included."""

MAX_COLUMNS = 256
"""Columns that are looked at; what lies to the right of them is not."""

MAX_CELL_CHARACTERS = 2000
"""Characters kept of one cell; a longer one makes its row doubtful."""

MAX_SHEETS_LOOKED_AT = 60
"""Sheets of a workbook that are compared when none is named."""

READING_MEMORY_BYTES = 1024 * 1024 * 1024
"""Address space of the process that unpacks a workbook."""

READING_SECONDS = 90
"""Time after which unpacking a workbook is given up."""

SAMPLE_ROWS = 2000
"""Rows from which heading, columns, order of dates and region of telephone numbers are guessed."""

HEADING_ROWS = 60
"""Rows among which the heading is looked for."""
