# ruff: noqa: N818 - the names say what happened, as DESIGN.md writes them ("a loser gets Conflict")
"""Everything the outer part of the hall server can fail with; knows no HTTP and no words for people.

`code` is stable and for programs; the message is one sentence for a log or a terminal: what failed, and what to do.
The pure `hall` package refuses with its own values and does not use this tree.
"""

from __future__ import annotations

from typing import ClassVar


class QueueServerError(Exception):
    """Base of every error below."""

    code: ClassVar[str] = "server_error"


class JournalError(QueueServerError):
    """The journal could not do what was asked; the journal object stays usable."""

    code = "journal_error"


class Conflict(JournalError):
    """Somebody else wrote first (a `seq` or a command was taken): nothing was written; read on, decide again."""

    code = "conflict"


class NotDurable(JournalError, OSError):
    """The store could not confirm the write (full, read-only, gone): read the journal again before going on."""

    code = "not_durable"


class NotReadable(NotDurable):
    """The store could not be read. A kind of `NotDurable`, so that one handler covers a lost store."""

    code = "not_readable"


class DatabaseUnusable(QueueServerError, OSError):
    """The database cannot be opened, was made by a newer version, or its address is wrong."""

    code = "database_unusable"


class IdentityError(QueueServerError):
    """The identity vault refused."""

    code = "identity_error"


class KeyUnusable(IdentityError, OSError):
    """The identity key is missing, damaged, open to others, or not the one that sealed this database."""

    code = "key_unusable"


class BadCitizen(IdentityError, ValueError):
    """A citizen's field is empty or too long. `field` names it; the value is never in the message."""

    code = "bad_citizen"

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field} {problem}")
        self.field = field
        self.problem = problem


class Forgotten(IdentityError, LookupError):
    """The fields were deleted, or the salt of their day was: nobody can read them any more."""

    code = "forgotten"


class AccessError(QueueServerError):
    """A credential or an account was refused."""

    code = "access_error"


class BadAccount(AccessError, ValueError):
    """An account or a token cannot be made like this: a bad id, role, window or password, or it exists already."""

    code = "bad_account"


class UnknownAccount(AccessError, LookupError):
    """There is no such staff account or token."""

    code = "unknown_account"


class TooManyTries(AccessError):
    """Too many wrong passwords for one name; try again in `retry_after_s` seconds."""

    code = "too_many_tries"

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"Too many wrong passwords; try again in {retry_after_s} s.")
        self.retry_after_s = retry_after_s


class SessionExpired(AccessError):
    """The session was real but is over: too old, signed out everywhere, or the account changed. Sign in again."""

    code = "session_expired"


class SessionForged(AccessError):
    """The session cookie was not made by this hall, or was altered."""

    code = "session_forged"


class EnrolmentError(QueueServerError):
    """A machine cannot become a node like this, or a node's file cannot be changed like this."""

    code = "enrolment_error"


class UnknownCode(EnrolmentError, LookupError):
    """No waiting machine shows this code."""

    code = "unknown_code"


class UnknownNode(EnrolmentError, LookupError):
    """There is no such place for a node."""

    code = "unknown_node"


class WrongKindOfNode(EnrolmentError, ValueError):
    """A kiosk cannot take the place of a display, nor the other way round."""

    code = "wrong_kind_of_node"


class FileChanged(EnrolmentError):
    """Somebody else changed the node's file first: read it again."""

    code = "file_changed"


class BadNodeFile(EnrolmentError, ValueError):
    """The name or the file of a node is wrong; `mistakes` has a line for each."""

    code = "bad_node_file"

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__(" ".join(mistakes))
        self.mistakes = mistakes


class BadPicture(QueueServerError, ValueError):
    """A picture that nothing can show; the sentence says what to do."""

    code = "invalid_values"


class TooManyMachines(EnrolmentError):
    """More machines ask for a place than any hall has."""

    code = "too_many_machines"
