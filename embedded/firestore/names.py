"""Resource names: parsing, the rules for ids, and keys whose byte order is the order of `__name__`."""

import re
from dataclasses import dataclass
from functools import lru_cache

from .errors import invalid

MAX_ID_BYTES = 1500
MAX_NAME_BYTES = 6 * 1024
MAX_DEPTH = 100

_RESERVED = re.compile(r"__.*__", re.DOTALL)
_NUMERIC = re.compile(r"__id(-?(?:0|[1-9][0-9]*))__")
_PROJECT = re.compile(r"[a-zA-Z0-9](?:[a-zA-Z0-9.:_-]*[a-zA-Z0-9])?")
_DATABASE = re.compile(r"\(default\)|[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class DatabaseName:
    """A project and one of its databases."""

    project: str
    database: str

    @property
    def root(self) -> str:
        """The name that all its documents begin with, without a slash at the end."""
        return f"projects/{self.project}/databases/{self.database}/documents"

    def __str__(self) -> str:
        return f"projects/{self.project}/databases/{self.database}"


@dataclass(frozen=True, slots=True)
class Path:
    """A document (an even number of segments, none for the root) or a collection (an odd number)."""

    database: DatabaseName
    segments: tuple[str, ...]

    @property
    def name(self) -> str:
        """The full resource name."""
        return "/".join((self.database.root, *self.segments))

    @property
    def relative(self) -> str:
        """The part below `documents/`."""
        return "/".join(self.segments)

    @property
    def is_document(self) -> bool:
        """True for a document, and not for the root."""
        return bool(self.segments) and len(self.segments) % 2 == 0

    @property
    def collection(self) -> str:
        """Of a document: the path of the collection it is in."""
        return "/".join(self.segments[:-1])

    @property
    def id(self) -> str:
        """The last segment."""
        return self.segments[-1]


def parse_database(name: str) -> DatabaseName:
    """Read `projects/{p}/databases/{d}`."""
    parts = name.split("/")
    if len(parts) != 4 or parts[0] != "projects" or parts[2] != "databases":
        raise invalid(f'Invalid database name "{name}": expected "projects/{{project}}/databases/{{database}}".')
    return _database(parts[1], parts[3])


@lru_cache(maxsize=1024)
def _database(project: str, database: str) -> DatabaseName:
    if not _PROJECT.fullmatch(project):
        raise invalid(f'Invalid project id "{project}".')
    if not _DATABASE.fullmatch(database):
        raise invalid(f'Invalid database id "{database}".')
    return DatabaseName(project, database)


@lru_cache(maxsize=16384)
def parse_path(name: str) -> Path:
    """Read a document's, a collection's or the root's name.

    Raises INVALID_ARGUMENT for anything that is not one, and for ids that Firestore does not allow.
    """
    parts = name.split("/")
    if len(parts) < 5 or parts[0] != "projects" or parts[2] != "databases" or parts[4] != "documents":
        raise invalid(
            f'Invalid resource name "{name[:200]}": expected '
            '"projects/{project}/databases/{database}/documents/{document path}".'
        )
    segments = tuple(parts[5:])
    for segment in segments:
        check_id(segment)
    if len(segments) > MAX_DEPTH * 2:
        raise invalid(f"The name has {len(segments)} segments; at most {MAX_DEPTH} subcollections are allowed.")
    if len(name.encode()) > MAX_NAME_BYTES:
        raise invalid(f"The name is longer than {MAX_NAME_BYTES} bytes.")
    return Path(_database(parts[1], parts[3]), segments)


def parse_document(name: str) -> Path:
    """Read the name of a document."""
    path = parse_path(name)
    if not path.is_document:
        raise invalid(f'Document name "{name}" has an odd number of segments or none: it does not name a document.')
    return path


def parse_parent(name: str) -> Path:
    """Read the name of a document or of the root: what collections can be below of."""
    path = parse_path(name)
    if len(path.segments) % 2:
        raise invalid(f'Invalid parent "{name}": it names a collection, not a document or the root.')
    return path


def check_id(segment: str) -> None:
    """Raise INVALID_ARGUMENT for an id of a collection or document that Firestore refuses."""
    if segment in ("", ".", ".."):
        raise invalid(f'Resource id "{segment}" is invalid: it may be neither empty nor a lone "." or "..".')
    if "/" in segment:
        raise invalid(f'Resource id "{segment}" is invalid: it contains a slash.')
    if segment.startswith("__") and _RESERVED.fullmatch(segment) and not _NUMERIC.fullmatch(segment):
        raise invalid(f'Resource id "{segment}" is invalid because it is reserved.')
    if len(segment) > MAX_ID_BYTES // 4 and len(segment.encode()) > MAX_ID_BYTES:
        raise invalid(f"Resource id is longer than {MAX_ID_BYTES} bytes.")


def segment_key(segment: str) -> bytes:
    """A key that sorts as the id does: numeric ids (`__id7__`) first, by number, then the others by their UTF-8."""
    if segment.startswith("__id"):
        numeric = _NUMERIC.fullmatch(segment)
        if numeric and -(2**63) <= int(numeric[1]) < 2**63:
            return b"\x01" + (int(numeric[1]) + 2**63).to_bytes(8, "big")
    return b"\x02" + segment.encode().replace(b"\0", b"\0\xff") + b"\0\x01"


def path_key(segments: tuple[str, ...]) -> bytes:
    """A key that sorts paths by their segments, parents before what is below them."""
    return b"".join(map(segment_key, segments))
