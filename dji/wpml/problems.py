"""What can be wrong with a route file: the error that refuses it, and the finding that a check lists."""

from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """The kind of a fault, for programs. Codes of the archive come first, then those of its content."""

    NOT_A_ZIP = "not_a_zip"
    NO_WAYLINES = "no_waylines"
    TOO_LARGE = "too_large"
    ZIP_BOMB = "zip_bomb"
    BAD_PATH = "bad_path"
    DUPLICATE_NAME = "duplicate_name"
    ENCRYPTED = "encrypted"
    BAD_MEMBER = "bad_member"
    BAD_XML = "bad_xml"
    ENTITY_FORBIDDEN = "entity_forbidden"
    BAD_NAMESPACE = "bad_namespace"
    MISSING_ELEMENT = "missing_element"
    REPEATED_ELEMENT = "repeated_element"
    BAD_VALUE = "bad_value"
    WRONG_AIRCRAFT = "wrong_aircraft"
    WRONG_PAYLOAD = "wrong_payload"
    UNSUPPORTED = "unsupported"
    INCONSISTENT = "inconsistent"
    MISSING_FILE = "missing_file"


class Severity(StrEnum):
    """An error keeps the route on the ground; a warning is for a person to judge."""

    ERROR = "error"
    WARNING = "warning"


class KmzError(Exception):
    """A route file that is refused. `element` is the member of the archive, or the path of the element in it."""

    def __init__(self, code: Code, element: str, message: str, cure: str = "") -> None:
        super().__init__(code, element, message, cure)
        self.code = code
        self.element = element
        self.message = message
        self.cure = cure

    def __str__(self) -> str:
        return f"{self.element}: {self.message} {self.cure}".rstrip()


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding of `check`."""

    element: str
    message: str
    cure: str
    severity: Severity
    code: Code

    def error(self) -> KmzError:
        """The same as an error to raise."""
        return KmzError(self.code, self.element, self.message, self.cure)

    def __str__(self) -> str:
        return f"{self.severity}: {self.element}: {self.message} {self.cure}".rstrip()


def error(code: Code, element: str, message: str, cure: str) -> Problem:
    return Problem(element, message, cure, Severity.ERROR, code)


def warning(code: Code, element: str, message: str, cure: str) -> Problem:
    return Problem(element, message, cure, Severity.WARNING, code)
