"""`python -m api.seed --org demo`: make an organisation where there is none, and a token for it. Prints JSON.

With `--seats` one that is there gets another number of seats.

This is how a first person gets in on a system that signs its own tokens; with an OIDC issuer only the organisation
is made.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from datetime import timedelta
from typing import Final

from api.security import Role, Tokens
from settings import settings
from store.access import Member, MemberList, member_id
from store.client import connect
from store.deletions import SHUT, OrgDeletions
from store.document import now
from store.orgs import Org, Orgs

SEATS: Final = 10


async def seed(org: str, name: str, seats: int | None, role: Role, user: str, days: int) -> dict[str, str | None]:
    configured = settings()
    client = connect(configured)
    deletion = await OrgDeletions(client).get(org)
    if deletion is not None and deletion.status in SHUT:
        raise SystemExit(f"organisation {org} is {deletion.status}, by {deletion.requested_by}: give it another id")
    orgs = Orgs(client)
    made = await orgs.create(Org(id=org, name=name, seats=SEATS if seats is None else seats))
    if not made and seats is not None:
        await orgs.patch(org, {"seats": seats})
    # Known to the desk from the start: an organisation has an admin who cannot remove himself
    member = Member(
        id=member_id(org, user),
        org_id=org,
        user=user,
        role=role.name,
        status="active",
        added_by="seed",
        joined_at=now(),
    )
    await MemberList(client).create(member)
    tokens = Tokens(configured)
    token = None
    if configured.token_private_key is not None:
        token = tokens.make(user, org, role, timedelta(days=days))
    return {"org": org, "admin_token": token}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--org", default="demo")
    parser.add_argument("--name", default="Demo rescue")
    parser.add_argument("--seats", type=int, help="docks of its licence: 10, or what an organisation has that is there")
    parser.add_argument("--role", choices=list(Role.__members__), default="admin")
    parser.add_argument("--user", default="admin")
    parser.add_argument("--days", type=int, default=365, help="validity of the token")
    given = parser.parse_args()
    made = asyncio.run(seed(given.org, given.name, given.seats, Role[given.role], given.user, given.days))
    sys.stdout.write(json.dumps(made) + "\n")


if __name__ == "__main__":
    main()
