"""What a call can fail with: Google's status code and a sentence that names the cause."""

from typing import TypeAlias

import grpc

Code: TypeAlias = grpc.StatusCode


class FirestoreError(Exception):
    """A failed call: `code` is a `grpc.StatusCode`, `message` the sentence the client shows."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def invalid(message: str) -> FirestoreError:
    """The request is malformed, whatever the documents hold."""
    return FirestoreError(Code.INVALID_ARGUMENT, message)


def not_found(message: str) -> FirestoreError:
    """Something that has to exist does not."""
    return FirestoreError(Code.NOT_FOUND, message)


def already_exists(message: str) -> FirestoreError:
    """Something that must not exist does."""
    return FirestoreError(Code.ALREADY_EXISTS, message)


def failed_precondition(message: str) -> FirestoreError:
    """The request is well formed, but the state of the database forbids it."""
    return FirestoreError(Code.FAILED_PRECONDITION, message)


def aborted(message: str) -> FirestoreError:
    """A transaction lost against another; clients try again."""
    return FirestoreError(Code.ABORTED, message)


def unimplemented(message: str) -> FirestoreError:
    """Part of the API that this server does not have."""
    return FirestoreError(Code.UNIMPLEMENTED, message)


def unavailable(message: str) -> FirestoreError:
    """The server cannot do it now; nothing was written."""
    return FirestoreError(Code.UNAVAILABLE, message)
