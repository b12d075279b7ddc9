"""Documents as they stand in the store: names, tolerance, and what a repository promises, on the real client."""

from __future__ import annotations

import asyncio
import uuid
from typing import ClassVar

import pytest
from google.api_core.exceptions import NotFound
from google.cloud.firestore import AsyncClient, AsyncTransaction, GeoPoint
from pydantic import ValidationError

from store import audit, commands, docks, flights, ingresses, media, missions, orgs, pairings
from store.document import Document, Repository
from store.flights import TERMINAL, FlightStatus, FlightTask, FlightTasks


class Note(Document):
    collection: ClassVar[str] = "test_notes"

    id: str
    written_by: str = "anna"
    times_read: int = 0
    group: str = ""

    @property
    def key(self) -> str:
        return self.id


class NoteHead(Document):
    collection: ClassVar[str] = "test_notes"

    id: str
    written_by: str = "anna"


class Notes(Repository[Note]):
    model = Note


def a_note(**fields: object) -> Note:
    return Note.model_validate({"id": uuid.uuid4().hex} | fields)


async def test_fields_stand_in_camel_case_and_unknown_ones_are_ignored(client: AsyncClient) -> None:
    notes, note = Notes(client), a_note()
    await notes.put(note)
    raw = (await client.collection("test_notes").document(note.id).get()).to_dict()
    assert raw == {"id": note.id, "writtenBy": "anna", "timesRead": 0, "group": ""}
    await client.collection("test_notes").document(note.id).update({"ofANewerVersion": 1})
    assert await notes.get(note.id) == note


async def test_a_glance_brings_the_fields_that_are_asked_for(client: AsyncClient) -> None:
    notes, note = Notes(client), a_note(written_by="ben", group="a")
    await notes.put(note)
    reference = client.collection("test_notes").document(note.id)
    await reference.update({"position": GeoPoint(47.0, 8.0)})  # not plain, and not asked for
    seen, nothing, whole = await asyncio.gather(
        notes.glance(note.id, NoteHead), notes.glance(uuid.uuid4().hex, NoteHead), notes.get(note.id)
    )
    assert (seen, nothing, whole) == (NoteHead(id=note.id, written_by="ben"), None, note)
    assert await notes.glance("a/b", NoteHead) is None
    await reference.update({"writtenBy": reference})
    with pytest.raises(ValidationError, match="writtenBy"):
        await notes.glance(note.id, NoteHead)


async def test_create_says_whether_it_was_new_and_leaves_what_is_there(client: AsyncClient) -> None:
    notes, note = Notes(client), a_note()
    assert await notes.create(note)
    assert not await notes.create(note.model_copy(update={"written_by": "ben"}))
    found = await notes.get(note.id)
    assert found is not None
    assert found.written_by == "anna"


async def test_patch_changes_named_fields_and_needs_a_document(client: AsyncClient) -> None:
    notes, note = Notes(client), a_note()
    with pytest.raises(NotFound):
        await notes.patch(note.id, {"timesRead": 1})
    await notes.put(note)
    await notes.patch(note.id, {"timesRead": 1})
    assert await notes.get(note.id) == note.model_copy(update={"times_read": 1})
    await notes.delete(note.id)
    assert await notes.get(note.id) is None


async def test_find_filters_orders_and_limits(client: AsyncClient) -> None:
    notes, group = Notes(client), uuid.uuid4().hex
    for number in range(4):
        await notes.put(a_note(group=group, times_read=number))
    found = await notes.find(group=group, order_by="-timesRead", limit=2)
    assert [note.times_read for note in found] == [3, 2]
    assert len(await notes.find(group=group)) == 4


async def test_transactions_lose_no_update(client: AsyncClient) -> None:
    notes, note = Notes(client), a_note()
    await notes.put(note)

    async def read_once() -> None:
        async def step(transaction: AsyncTransaction) -> None:
            found = await notes.get(note.id, transaction)
            assert found is not None
            transaction.update(notes.ref(note.id), {"timesRead": found.times_read + 1})

        await notes.transact(step)

    await asyncio.gather(*(read_once() for _ in range(5)))
    found = await notes.get(note.id)
    assert found is not None
    assert found.times_read == 5


async def test_flights_under_way_are_those_that_have_not_ended(client: AsyncClient) -> None:
    tasks, sn = FlightTasks(client), uuid.uuid4().hex
    statuses: tuple[FlightStatus, ...] = ("executing", "ok", "paused", "failed")
    for status in statuses:
        await tasks.put(
            FlightTask(
                id=uuid.uuid4().hex,
                org_id="o",
                mission_id="m",
                dock_sn=sn,
                name="n",
                wayline_id="w",
                object_key="k",
                md5="m",
                status=status,
                requested_by="anna",
            )
        )
    found = {flight.status for flight in await tasks.under_way(sn)}
    assert found == {"executing", "paused"}
    assert not found & TERMINAL


def test_every_kind_of_document_has_a_collection_of_its_own() -> None:
    modules = (audit, commands, docks, flights, ingresses, media, missions, orgs, pairings)
    kinds = {
        kind
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Document) and kind not in (Document, docks.DockHead)
    }
    names = [kind.collection for kind in kinds]
    assert len(names) == len(set(names)) >= 10


def test_the_same_file_of_the_same_dock_is_the_same_document() -> None:
    assert media.media_id("A", "k") == media.media_id("A", "k")
    assert len({media.media_id("A", "k"), media.media_id("B", "k"), media.media_id("A", "l")}) == 3


def test_codes_and_keys_are_looked_up_by_hash() -> None:
    assert pairings.code_hash("CODE") != "CODE"
    assert ingresses.key_hash("key") == ingresses.key_hash("key")


@pytest.mark.parametrize("key", ["", "a/b", "/tmp/route.kmz", ".", "..", "__x__", "x" * 2000])
async def test_a_name_that_no_document_can_have_is_nobodys(client: AsyncClient, key: str) -> None:
    assert await Notes(client).get(key) is None
