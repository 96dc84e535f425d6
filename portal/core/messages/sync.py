"""Records handed in: why one is kept for the office to look at instead of being taken."""

from typing import Any

from flask_babel import lazy_gettext as _l

WORDS: dict[str, Any] = {
    "record.problems": _l("Some entries cannot be accepted yet. Please look at the places that are marked."),
    "record.twice": _l("This record is there already. Reload the page to see it."),
    "unknown_subject": _l("This household or record is not known in your office."),
    "unknown_form": _l(
        "This version of the form is not known here yet. The record is kept and will be looked at again."
    ),
    "wrong_form": _l("This form does not belong to this kind of record."),
    "unknown_reference": _l("What is named here is not known for this household or office. Please choose it again."),
    "id_taken": _l("This entry has the number of another one. Please enter it anew."),
    "not_author": _l("Only the person who wrote the record corrects it."),
    "not_returned": _l("Only a record that was returned can be corrected."),
    "stale_revision": _l("The record has been changed since: it is now version %(revision)s."),
    "text": _l("The text of this record breaks a rule of the exchange. The tablet sends it again by itself."),
    "wrong_hash": _l("The content does not match its check sum. The tablet sends it again by itself."),
    "not_a_fact": _l("This is not a record. Please report it to your administrator."),
    "missing_key": _l("A part of the record is missing."),
    "unknown_kind": _l(
        "The office does not know this kind of record yet. It is kept and looked at again after the next upgrade."
    ),
    "not_a_moment": _l("The time of this record cannot be read. Please check the tablet's clock."),
    "id_conflict": _l("Another record has this identity already. Both are kept; the office decides."),
    "changed_meanwhile": _l(
        "This was changed by somebody else in the meantime. Both values are kept; the office decides."
    ),
    "wrong_size": _l("The photo or signature is of another size than the record says."),
    "wrong_type": _l("The photo or signature is not a JPEG, PNG or WebP picture as the record says."),
    "not_base64": _l("The signature in this record cannot be read. It is kept; the office looks at it."),
    "too_large": _l("This is too large to be sent (at most %(limit)s bytes)."),
    "device_revoked": _l("This tablet is no longer in use here. The record is kept; the office decides about it."),
    "not_applied": _l("The office's computer could not work on this record. It is kept; the fault was recorded."),
    "repaired_by_office": _l("The office put this record right and took it over."),
    "decided_by_office": _l("The office decided to take this record over."),
    "token_unknown": _l("This tablet has to sign in again. What you typed is kept."),
    "recovery_unknown": _l(
        "The office cannot open what lies here with this login. Nothing is removed; please ask the office."
    ),
    "credentials": _l("The login name or the password is not right. Please try again."),
    "code_needed": _l("Please also enter the code from your authenticator."),
    "too_many_attempts": _l("Too many attempts. Please wait a quarter of an hour, then try again."),
    "not_json": _l("What arrived could not be read. The tablet tries again, record by record."),
    "not_facts": _l("What arrived is not a list of records."),
    "bad_gzip": _l("What arrived was damaged on the way. The tablet tries again."),
    "bad_request": _l("The request is incomplete."),
    "not_yours": _l("This does not belong to you."),
    "not_found": _l("This does not exist, or is not yours."),
    "method_not_allowed": _l("This address cannot be used that way"),
    "unsupported_coding": _l("The server does not read this coding."),
    "busy": _l("The portal is busy just now"),
    "internal": _l("Something went wrong on our side"),
    "conflict": _l("Somebody else was faster"),
    "timed_out": _l("That took too long. The tablet tries again."),
    "tus_version": _l("The server speaks version %(version)s of the upload protocol."),
    "bad_length": _l("The length of the upload is missing or wrong."),
    "wrong_length": _l("This picture is known here with another length (%(length)s bytes)."),
    "bad_metadata": _l("The upload does not say what it is (%(key)s)."),
    "bad_offset": _l("The upload does not say where it goes on."),
    "wrong_offset": _l("The upload goes on at %(offset)s."),
    "expired": _l("This upload has expired. The tablet begins it anew."),
    "locked": _l("This upload is being written by another request. The tablet tries again."),
    "beyond_length": _l("More bytes came than the upload announced."),
    "checksum_algorithm": _l("The server knows other check sums."),
    "bad_checksum": _l("The check sum cannot be read."),
    "wrong_checksum": _l("The part was damaged on the way. The tablet sends it again."),
    "wrong_content_type": _l("Upload parts are sent as %(expected)s."),
    "device.sealed_otherwise": _l("This was sealed for somebody else or for another installation."),
    "tablet_file.unreadable": _l("This is no backup file of a tablet."),
    "tablet_file.not_yours": _l("This file comes from no tablet of this office."),
    "tablet_file.damaged": _l("The file is damaged, or was sealed for another installation. Nothing was taken over."),
    "device.unknown": _l("There is no such tablet."),
    "sync.still_wrong": _l("The record still cannot be taken over: %(problems)s"),
    "sync.decided": _l("This has been decided already."),
    "sync.reason_needed": _l("Please say why, so that the author understands."),
    "sync.not_readable": _l("This text is not valid: %(problem)s"),
    "sync.only_settled": _l("What arrived like this cannot become a record; it can only be closed with a reason."),
}
