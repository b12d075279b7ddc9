"""What opens an operator's connection: a short-lived ticket that the API signs and the drc process checks.

It says who holds what only as a claim: the store is asked before anything is sent. Both have the seal key, from which
the ticket's own key is derived, so that a ticket is no token of the API and a token no ticket.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Final

import jwt
from pydantic import BaseModel, ValidationError

from settings import Settings
from store.document import now

ALGORITHM: Final = "HS256"
AUDIENCE: Final = "argus-drc"


class BadTicket(Exception):
    """It is no ticket of ours, or its time is over; the text is for people."""


class Ticket(BaseModel):
    """Whose connection it opens, and to which dock."""

    sn: str
    org: str
    user: str
    role: str
    session: str


def _key(settings: Settings) -> bytes:
    return hmac.new(settings.seal_key.get_secret_value().encode(), b"drc ticket", hashlib.sha256).digest()


def issue(settings: Settings, ticket: Ticket, seconds: float) -> tuple[str, datetime]:
    """The ticket as text, and when it ends."""
    until = now() + timedelta(seconds=seconds)
    claims = ticket.model_dump() | {"aud": AUDIENCE, "exp": until}
    return jwt.encode(claims, _key(settings), algorithm=ALGORITHM), until


def check(settings: Settings, text: str) -> Ticket:
    """The ticket in a text. Raises BadTicket."""
    try:
        claims = jwt.decode(
            text, _key(settings), algorithms=[ALGORITHM], audience=AUDIENCE, options={"require": ["exp"]}
        )
        return Ticket.model_validate(claims)
    except jwt.ExpiredSignatureError:
        raise BadTicket("The ticket has expired: ask POST /v1/docks/{sn}/authority for another one.") from None
    except (jwt.PyJWTError, ValidationError):
        raise BadTicket("That is no ticket: POST /v1/docks/{sn}/authority gives one.") from None
