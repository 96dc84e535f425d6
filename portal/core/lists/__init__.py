"""Lists that stay quick however many rows there are: declared sorts and filters, paging by key, honest counts, export.

A list declares its sorts, each backed by an index that ends in the id, and its filters. A filter that an index serves is
free; any other looks through at most ``SCAN`` rows and then offers to go on. Search takes its hits first.
"""

from portal.core.lists.address import Asked, read_address
from portal.core.lists.declare import Column, Filter, Listing, Reader, Sort, between, coded
from portal.core.lists.export import Export, export
from portal.core.lists.reading import COUNT_UP_TO, SCAN, Page, count, every_row, fetch
from portal.core.lists.view import reader, send, show

__all__ = [
    "COUNT_UP_TO",
    "SCAN",
    "Asked",
    "Column",
    "Export",
    "Filter",
    "Listing",
    "Page",
    "Reader",
    "Sort",
    "between",
    "coded",
    "count",
    "every_row",
    "export",
    "fetch",
    "read_address",
    "reader",
    "send",
    "show",
]
