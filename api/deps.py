"""What routes are given: the parts of the process, the caller, and what the caller may see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from google.cloud.firestore import AsyncClient
from temporalio.client import Client

from api.access import Access
from api.body import SagaLinks
from api.live import LiveFeed
from api.problems import not_found
from api.security import Principal, Role, Tokens, role_too_small, unauthorised
from settings import Settings
from store.access import Members
from store.access import Tokens as OrgTokens
from store.alerts import Alerts
from store.areas import DockAreasRepository, MissionAreasRepository
from store.audit import Audit, AuditEntry, Idempotency
from store.authority import Authorities
from store.commands import Commands
from store.deletions import OrgDeletions
from store.docks import AircraftRepository, Dock, Docks
from store.events import Events
from store.facts import Actor
from store.firmware import Packages, Pushes, Rollouts
from store.flights import FlightTasks, Waylines
from store.ingresses import Ingresses
from store.media import Media
from store.missions import Mission, Missions
from store.objects import Objects
from store.orgs import Orgs
from store.pairings import Pairings
from store.recognition import Recognitions
from store.seal import Seal
from store.webhooks import Deliveries, Webhooks
from timings import Timings
from workflows.waking import wake_webhook


@dataclass
class Parts:
    """Everything a route may need, made once at start-up."""

    settings: Settings
    timings: Timings
    temporal: Client
    firestore: AsyncClient
    objects: Objects
    tokens: Tokens
    seal: Seal
    live: LiveFeed

    def __post_init__(self) -> None:
        self.docks = Docks(self.firestore)
        self.aircraft = AircraftRepository(self.firestore)
        self.orgs = Orgs(self.firestore)
        self.pairings = Pairings(self.firestore)
        self.missions = Missions(self.firestore)
        self.areas = MissionAreasRepository(self.firestore)
        self.dock_areas = DockAreasRepository(self.firestore)
        self.waylines = Waylines(self.firestore)
        self.flights = FlightTasks(self.firestore)
        self.commands = Commands(self.firestore)
        self.media = Media(self.firestore)
        self.packages = Packages(self.firestore)
        self.rollouts = Rollouts(self.firestore)
        self.pushes = Pushes(self.firestore)
        self.ingresses = Ingresses(self.firestore)
        self.webhooks = Webhooks(self.firestore)
        self.deliveries = Deliveries(self.firestore)
        self.events = Events(self.firestore, self._wake, self.timings)
        self.alerts = Alerts(self.firestore)
        self.authorities = Authorities(self.firestore, self.events)
        self.recognitions = Recognitions(self.firestore, self.events)
        self.audit = Audit(self.firestore)
        self.members = Members(self.firestore, self.events)
        self.org_tokens = OrgTokens(self.firestore)
        self.deletions = OrgDeletions(self.firestore)
        self.access = Access(self.tokens, self.members, self.org_tokens, self.deletions)
        self.idempotency = Idempotency(self.firestore)

    async def _wake(self, webhook: str, org_id: str) -> None:
        await wake_webhook(self.temporal, webhook, org_id, self.timings)

    def saga_link(self, workflow_id: str) -> str:
        """Where a person can look at the saga."""
        settings = self.settings
        return f"{settings.temporal_ui_url}/namespaces/{settings.temporal_namespace}/workflows/{_quote(workflow_id)}"

    def links(self, workflow_id: str) -> SagaLinks:
        """A saga, and where a person can look at it."""
        return SagaLinks(workflow_id=workflow_id, temporal=self.saga_link(workflow_id))

    async def dock_of(self, principal: Principal, sn: str, field: str = "sn") -> Dock:
        dock = await self.docks.get(sn)
        if dock is None or dock.org_id != principal.org:
            raise not_found("dock", sn, field)
        return dock

    async def mission_of(self, principal: Principal, key: str, field: str = "id") -> Mission:
        mission = await self.missions.get(key)
        if mission is None or mission.org_id != principal.org:
            raise not_found("mission", key, field)
        return mission

    async def note(
        self, principal: Principal, key: str, action: str, target: str, *, reason: str = "", **details: Any
    ) -> None:
        """Put an action into the audit log; the same `key` twice is one entry."""
        entry = AuditEntry(
            id=key,
            org_id=principal.org,
            user=principal.user,
            role=principal.role.name,
            action=action,
            target=target,
            reason=reason,
            details=details,
        )
        await self.audit.create(entry)


def _quote(workflow_id: str) -> str:
    return workflow_id.replace("/", "%2F")


def actor(principal: Principal, reason: str = "") -> Actor:
    """The caller, as commands and sagas name them."""
    return Actor(user=principal.user, role=principal.role.name, reason=reason)


def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


PartsDep = Annotated[Parts, Depends(_parts)]
_bearer = HTTPBearer(auto_error=False, description="A token with claims `org` and `role`")


async def principal(
    parts: PartsDep, credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]
) -> Principal:
    if credentials is None:
        raise unauthorised("token-missing", "No token was sent.", "Send Authorization: Bearer TOKEN.")
    return await parts.access.check(credentials.credentials)


# What `needs` made, by the dependency: the API's description says which role a route needs
ROLES: Final[dict[Callable[..., Any] | None, Role]] = {}


def needs(least: Role) -> Any:
    """A dependency: the caller, who has at least this role. Raises Refused 403 else."""

    async def check(caller: Annotated[Principal, Depends(principal)]) -> Principal:
        if caller.role < least:
            raise role_too_small(least, caller.role)
        return caller

    ROLES[check] = least
    return Depends(check)


Viewer = Annotated[Principal, needs(Role.viewer)]
Operator = Annotated[Principal, needs(Role.operator)]
Commander = Annotated[Principal, needs(Role.commander)]
Admin = Annotated[Principal, needs(Role.admin)]
