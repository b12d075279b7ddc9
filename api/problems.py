"""Errors as people and programs get them: `application/problem+json` (RFC 9457), with the field and the cure."""

from __future__ import annotations

from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from pydantic.alias_generators import to_camel
from starlette.exceptions import HTTPException
from temporalio.client import WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from activities.failures import MEANINGS, Failure, Kind
from workflows.errors import details_of, dji_code, root

MEDIA_TYPE: Final = "application/problem+json"

STATUS: Final[dict[Kind, int]] = {
    "missing": 404,
    "conflict": 409,
    "invalid": 422,
    "forbidden": 403,
    "refused": 409,
    "unavailable": 503,
    "expired": 410,
}


class Problem(BaseModel):
    """One error. `field` is the request field at fault, dotted; `cure` says what to do about it."""

    type: str = Field(examples=["https://argus.invalid/problems/dock-busy"])
    title: str
    status: int
    detail: str
    field: str | None = None
    cure: str | None = None
    instance: str | None = None
    code: int | None = Field(None, description="DJI's code, where a dock refused")
    errors: list[dict[str, Any]] | None = Field(None, description="All faults of a body, when there are several")


class Refused(Exception):
    """Raised by routes; becomes a problem response."""

    def __init__(
        self,
        status: int,
        kind: str,
        detail: str,
        *,
        title: str | None = None,
        field: str | None = None,
        cure: str | None = None,
        code: int | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.kind, self.detail = status, kind, detail
        self.title = title or kind.replace("-", " ").capitalize()
        self.field, self.cure, self.code, self.headers = field, cure, code, headers


def not_found(what: str, key: str, field: str) -> Refused:
    """404 for something that is not there, or is another organisation's: the answer does not tell which."""
    kind = f"no-such-{what.replace(' ', '-')}"
    return Refused(404, kind, f"There is no {what} {key} in your organisation.", field=field, cure="Check the id.")


def saga_refused(error: WorkflowUpdateFailedError | WorkflowFailureError) -> Refused:
    """What a saga said no to, as a problem."""
    cause = root(error.cause) if error.cause is not None else error
    if not isinstance(cause, ApplicationError):
        return Refused(500, "saga-failed", str(cause), cure="Look at the saga in Temporal's web UI.")
    return failed(cause)


def failed(error: ApplicationError) -> Refused:
    """What a saga or an activity said no to."""
    details = details_of(error)
    if (code := dji_code(error)) is not None:
        return Refused(502, "dock-refused", error.message, field=details.field, cure=details.cure or None, code=code)
    if error.type not in MEANINGS:
        return Refused(500, "saga-failed", error.message, cure="Look at the saga in Temporal's web UI.")
    meaning = MEANINGS[Failure(error.type)]
    return Refused(
        STATUS[meaning.kind], _slug(error.type), error.message, title=meaning.title,
        field=camel(details.field) if details.field else None, cure=(details.cure or meaning.cure) + ".",
    )  # fmt: skip


def camel(field: str) -> str:
    """A dotted path as bodies spell it."""
    return ".".join(to_camel(part) for part in field.split("."))


def _slug(kind: str) -> str:
    return "".join(("-" if letter.isupper() and at else "") + letter.lower() for at, letter in enumerate(kind))


def _answer(request: Request, problem: Problem, headers: dict[str, str] | None = None) -> JSONResponse:
    problem.instance = request.url.path
    return JSONResponse(
        problem.model_dump(exclude_none=True), status_code=problem.status, media_type=MEDIA_TYPE, headers=headers
    )


def unreadable(detail: str) -> Refused:
    """400 for a body that is not what its Content-Type says."""
    return Refused(400, "body-unreadable", detail, field="body", cure="Send what the Content-Type says, in UTF-8.")


def bad_request(faults: list[dict[str, Any]]) -> Problem:
    """For a request that is not as described: `faults` have `field` and `detail`."""
    return Problem(
        type="https://argus.invalid/problems/bad-request",
        title="Bad request",
        status=422,
        detail="; ".join(f"{fault['field']}: {fault['detail']}" for fault in faults),
        field=faults[0]["field"],
        cure="Correct the named fields; /v1/docs describes them.",
        errors=faults,
    )


def problem_of(refused: Refused) -> Problem:
    return Problem(
        type=f"https://argus.invalid/problems/{refused.kind}",
        title=refused.title,
        status=refused.status,
        detail=refused.detail,
        field=refused.field,
        cure=refused.cure,
        code=refused.code,
    )


async def _refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refused)
    return _answer(request, problem_of(error), error.headers)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    faults = [
        {"field": ".".join(str(part) for part in item["loc"][1:]) or str(item["loc"][0]), "detail": item["msg"]}
        for item in error.errors()
    ]
    return _answer(request, bad_request(faults))


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if error.status_code == 400:
        return _answer(request, problem_of(unreadable(str(error.detail))))
    kind = {404: "no-such-route", 405: "method-not-allowed"}.get(error.status_code, "http-error")
    refused = Refused(error.status_code, kind, str(error.detail), cure="See /v1/docs for what there is.")
    return _answer(request, problem_of(refused), dict(error.headers) if error.headers else None)


async def _saga(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, WorkflowUpdateFailedError | WorkflowFailureError)
    return _answer(request, problem_of(saga_refused(error)))


async def _rpc(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RPCError)
    if error.status is RPCStatusCode.NOT_FOUND:
        refused = Refused(409, "saga-ended", "The saga behind this has ended.", cure="Look at its status.")
    else:
        refused = Refused(
            503, "sagas-unavailable", f"Temporal does not answer: {error.message}", cure="Try again in a moment."
        )
    return _answer(request, problem_of(refused), {"Retry-After": "2"} if refused.status == 503 else None)


def install(app: FastAPI) -> None:
    """Make every error of `app` a problem."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(WorkflowUpdateFailedError, _saga)
    app.add_exception_handler(WorkflowFailureError, _saga)
    app.add_exception_handler(RPCError, _rpc)
