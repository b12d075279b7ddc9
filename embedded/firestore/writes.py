"""What a `Write` does to a document: precondition, mask, transforms, and the result that is reported.

A commit is a list of writes that all happen or none; `plan` checks and computes them all before anything is stored.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .errors import already_exists, failed_precondition, invalid, not_found
from .fieldpaths import DOCUMENT_ID, assign, lookup, parse, remove
from .limits import MAX_TRANSFORMS, check_fields, check_size
from .names import DatabaseName, Path, parse_document
from .storage import Change
from .transforms import apply_transform
from .wire import Document, WriteResult, micros, timestamp


@dataclass(slots=True)
class Planned:
    """The outcome of a commit before it is stored: a change per touched document, a result per write."""

    changes: list[Change]
    results: list[Any]


def target(write: Any, database: DatabaseName) -> Path:
    """The document that a write is about. Raises INVALID_ARGUMENT if it is none, or of another database."""
    kind = write.WhichOneof("operation")
    if kind == "update":
        name = write.update.name
    elif kind == "delete":
        name = write.delete
    elif kind == "transform":
        name = write.transform.document
    else:
        raise invalid("A write has no operation: it needs one of update, delete and transform.")
    path = parse_document(name)
    if path.database != database:
        raise invalid(f'Document "{name}" is not in the database of the request, "{database}".')
    return path


def check(write: Any) -> None:
    """Refuse a malformed write, whatever the documents hold, and round what it stores as Firestore does."""
    kind = write.WhichOneof("operation")
    if kind != "update" and write.HasField("update_mask"):
        raise invalid("Only an update can have an update mask.")
    if kind != "update" and write.update_transforms:
        raise invalid("Only an update can have update transforms.")
    if write.HasField("current_document") and write.current_document.WhichOneof("condition_type") is None:
        raise invalid("The precondition of a write has no condition.")
    if kind == "update":
        check_fields(write.update.fields)
        for field in write.update_mask.field_paths:
            if parse(field) == DOCUMENT_ID:
                raise invalid("The update mask may not name the document's id.")
    transforms = write.transform.field_transforms if kind == "transform" else write.update_transforms
    if kind == "transform" and not transforms:
        raise invalid("A transform names no field.")
    if len(transforms) > MAX_TRANSFORMS:
        raise invalid(f"A write has {len(transforms)} field transforms; at most {MAX_TRANSFORMS} are allowed.")
    for transform in transforms:
        parse(transform.field_path)


def check_precondition(path: Path, precondition: Any, before: Any | None, now: int) -> None:
    """Raise NOT_FOUND, ALREADY_EXISTS or FAILED_PRECONDITION if the document is not as the write expects it."""
    kind = precondition.WhichOneof("condition_type")
    if kind == "exists":
        if precondition.exists and before is None:
            raise not_found(f"No document to update: {path.name}")
        if not precondition.exists and before is not None:
            raise already_exists(f"Document already exists: {path.name}")
    elif kind == "update_time":
        if before is None:
            raise not_found(f"No document to update: {path.name}")
        stored, wanted = micros(before.update_time), micros(precondition.update_time)
        if wanted > now:
            raise invalid("The update time of a precondition may not be in the future.")
        if stored != wanted:
            raise failed_precondition(
                f"the stored version ({stored}) does not match the required base version ({wanted})"
            )


def plan(writes: Any, database: DatabaseName, time: int, current: Callable[[Path], Change]) -> Planned:
    """Compute a commit at `time` (microseconds) from what `current` finds.

    Raises before anything is stored if a write is malformed or its precondition fails.
    """
    touched: dict[Path, Change] = {}
    results = []
    for write in writes:
        path = target(write, database)
        change = touched.get(path)
        if change is None:
            change = touched[path] = current(path)
            change.time = time
        results.append(_apply(write, path, change, time))
    return Planned([change for change in touched.values() if change.after != change.before], results)


def _apply(write: Any, path: Path, change: Change, time: int) -> Any:
    before = change.old() if change.after is change.before else change.new()
    if write.HasField("current_document"):
        check_precondition(path, write.current_document, before, time)
    kind = write.WhichOneof("operation")
    if kind == "delete":
        change.become(None, None)
        return WriteResult()
    after = Document(name=path.name)
    if kind == "transform":
        transforms = write.transform.field_transforms
        if before is not None:
            after.MergeFrom(before)
    else:
        transforms = write.update_transforms
        if not write.HasField("update_mask"):
            after.fields.MergeFrom(write.update.fields)
        else:
            if before is not None:
                after.MergeFrom(before)
            for text in write.update_mask.field_paths:
                field = parse(text)
                value = lookup(write.update.fields, field)
                if value is None:
                    remove(after.fields, field)
                else:
                    assign(after.fields, field, value)
    outcomes = [apply_transform(after.fields, transform, time) for transform in transforms]
    if before is not None:
        after.create_time.CopyFrom(before.create_time)
        after.update_time.CopyFrom(before.update_time)
        if after.SerializeToString(deterministic=True) == change.after:
            # A write that changes nothing leaves the document's update time as it was.
            return WriteResult(update_time=before.update_time, transform_results=outcomes)
    else:
        after.create_time.CopyFrom(timestamp(time))
    after.update_time.CopyFrom(timestamp(time))
    stored = after.SerializeToString(deterministic=True)
    check_size(path, after, len(stored))
    change.become(stored, after)
    return WriteResult(update_time=after.update_time, transform_results=outcomes)
