"""What all docks of the process share."""

from __future__ import annotations

from google.cloud.firestore import AsyncClient

from drc.brokers import Brokers
from drc.wire import Wire
from settings import Settings
from store.access import Members
from store.audit import Audit
from store.authority import Authorities
from store.commands import Commands
from store.docks import AircraftRepository, Docks
from store.events import Events
from store.orgs import Orgs
from store.recognition import Recognitions
from timings import Timings


class Parts:
    """Connections, repositories and settings; `wire` is the shared broker, on which our processes tell each other.

    Raises ValueError where the broker's settings are incomplete.
    """

    def __init__(self, settings: Settings, firestore: AsyncClient, events: Events, wire: Wire) -> None:
        self.settings = settings
        self.timings = Timings.of(settings.timings_json)
        self.wire = wire
        self.firestore = firestore
        self.brokers = Brokers(settings, Orgs(firestore), wire)
        self.authorities = Authorities(firestore, events)
        self.docks = Docks(firestore)
        self.aircraft = AircraftRepository(firestore)
        self.commands = Commands(firestore)
        self.audit = Audit(firestore)
        self.members = Members(firestore, events)
        self.recognitions = Recognitions(firestore, events)
