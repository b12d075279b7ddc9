"""Signed tokens: by us on one machine (Ed25519), or by a configured OIDC issuer; both carry organisation and role.

Those that an organisation makes for itself, and what its desk says of the person, are in `api.access`.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Any, Final

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import BaseModel, Field

from api.problems import Refused
from settings import Settings

OIDC_ALGORITHMS: Final = ["RS256", "ES256", "EdDSA"]


class Role(IntEnum):
    """What a person may do; each role may do all that the ones before it may."""

    viewer = 1
    operator = 2
    commander = 3
    admin = 4


class Principal(BaseModel):
    """Who asks, for which organisation, in which role."""

    user: str
    org: str
    role: Role
    token_id: str | None = Field(None, description="Where it is a token of the organisation's: see store.access")
    issued_at: datetime | None = Field(None, description="Where it is a signed one")


class Tokens:
    """Makes and checks tokens. Raises ValueError at once when the signing key is no Ed25519 key."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._key: Ed25519PrivateKey | None = None
        if settings.token_private_key is not None:
            key = load_pem_private_key(settings.token_private_key.get_secret_value().encode(), password=None)
            if not isinstance(key, Ed25519PrivateKey):
                raise ValueError("ARGUS_TOKEN_PRIVATE_KEY must be an Ed25519 private key in PEM")
            self._key = key
        if self._key is None and settings.oidc_issuer is None:
            raise ValueError("set ARGUS_TOKEN_PRIVATE_KEY or ARGUS_OIDC_ISSUER: without one nobody could sign in")
        self._jwks: jwt.PyJWKClient | None = None

    def make(self, user: str, org: str, role: Role, lifetime: timedelta) -> str:
        """A token of ours. Raises ValueError where this API signs none."""
        if self._key is None:
            raise ValueError("this API signs no tokens; get one from the configured OIDC issuer")
        at = datetime.now(UTC)
        claims = {
            "iss": self._settings.token_issuer,
            "aud": self._settings.token_audience,
            "sub": user,
            "org": org,
            "role": role.name,
            "iat": at,
            "exp": at + lifetime,
        }
        return jwt.encode(claims, self._key, algorithm="EdDSA")

    async def check(self, token: str) -> Principal:
        """Whose token this is. Raises Refused 401 with the reason."""
        try:
            issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
            if issuer == self._settings.oidc_issuer and issuer is not None:
                return await self._check_oidc(token)
            return self._check_own(token)
        except jwt.ExpiredSignatureError:
            raise unauthorised("token-expired", "The token has expired.", "Get a new token.") from None
        except jwt.PyJWTError as error:
            raise unauthorised("token-invalid", f"The token is not valid: {error}.", "Get a new token.") from None

    def _check_own(self, token: str) -> Principal:
        if self._key is None:
            raise jwt.InvalidIssuerError("tokens of this issuer are not accepted here")
        claims = jwt.decode(
            token,
            self._key.public_key(),
            algorithms=["EdDSA"],
            audience=self._settings.token_audience,
            issuer=self._settings.token_issuer,
            options={"require": ["exp", "sub", "iss", "aud"]},
        )
        return _principal(claims, "org", "role")

    async def _check_oidc(self, token: str) -> Principal:
        if self._jwks is None:
            async with httpx.AsyncClient(timeout=5) as http:
                found = await http.get(
                    f"{str(self._settings.oidc_issuer).rstrip('/')}/.well-known/openid-configuration"
                )
            self._jwks = jwt.PyJWKClient(found.raise_for_status().json()["jwks_uri"], timeout=5)
        key = await asyncio.to_thread(self._jwks.get_signing_key_from_jwt, token)
        claims = jwt.decode(
            token,
            key.key,
            algorithms=OIDC_ALGORITHMS,
            audience=self._settings.oidc_audience or self._settings.token_audience,
            issuer=self._settings.oidc_issuer,
            options={"require": ["exp", "sub", "iss", "aud"]},
        )
        return _principal(claims, self._settings.oidc_org_claim, self._settings.oidc_role_claim)


def _principal(claims: dict[str, Any], org_claim: str, role_claim: str) -> Principal:
    org, role = claims.get(org_claim), claims.get(role_claim)
    if not isinstance(org, str) or not org:
        raise jwt.InvalidTokenError(f"it names no organisation (claim {org_claim!r})")
    if not isinstance(role, str) or role not in Role.__members__:
        raise jwt.InvalidTokenError(f"claim {role_claim!r} is {role!r}, not one of {', '.join(Role.__members__)}")
    issued = claims.get("iat")
    at = datetime.fromtimestamp(issued, UTC) if isinstance(issued, int | float) else None
    return Principal(user=str(claims["sub"]), org=org, role=Role[role], issued_at=at)


def unauthorised(kind: str, detail: str, cure: str) -> Refused:
    return Refused(401, kind, detail, cure=cure, headers={"WWW-Authenticate": "Bearer"})


def role_too_small(least: Role, has: Role) -> Refused:
    """403 for a caller who may not do this."""
    return Refused(
        403,
        "role-too-small",
        f"This needs the role {least.name}; the token's is {has.name}.",
        field="role",
        cure=f"Ask for a token with role {least.name}.",
    )
