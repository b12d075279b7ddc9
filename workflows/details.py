"""What a person sees of a saga in Temporal's UI: phase, facts, and a logbook, as Markdown in its current details."""

from __future__ import annotations

from typing import Final

from temporalio import workflow
from temporalio.common import SearchAttributeKey, SearchAttributeUpdate

from workflows.names import Saga

ENTRIES: Final = 40  # the newest; the history has them all

_KEYS: Final = {
    name: SearchAttributeKey.for_keyword(name) for name in ("OrgId", "MissionId", "DockSn", "Saga", "Phase")
}


class Logbook:
    """Facts and entries of one saga. `phase` is also its search attribute."""

    def __init__(
        self, saga: Saga, title: str, *, org: str | None, mission: str | None = None, dock: str | None = None
    ) -> None:
        self.phase = ""
        self._title = title
        self._facts: dict[str, str] = {}
        self._entries: list[str] = []
        self._table = ""
        self._attributes = {"OrgId": org, "MissionId": mission, "DockSn": dock, "Saga": saga.value}

    def begin(self, phase: str, note: str) -> None:
        """Begin in a phase whose search attributes the starter has set, all of them: costs no history event."""
        self.phase, self._attributes = phase, {}
        self.note(note)

    def enter(self, phase: str, note: str | None = None) -> None:
        """Begin a phase. Costs one history event when it is another one than before."""
        if phase != self.phase:
            self.phase = phase
            values = self._attributes | {"Phase": phase}
            updates: list[SearchAttributeUpdate[str]] = [
                _KEYS[name].value_set(value) for name, value in values.items() if value is not None
            ]
            workflow.upsert_search_attributes(updates)
            self._attributes = {}
        self.note(note or phase)

    def fact(self, name: str, value: object) -> None:
        """Show a value, or no longer show it when it is None."""
        if value is None:
            self._facts.pop(name, None)
        else:
            self._facts[name] = str(value)
        self._show()

    def note(self, text: str) -> None:
        """Write a line, with the time of the workflow."""
        self._entries.append(f"`{workflow.now():%H:%M:%S}` {text}")
        del self._entries[:-ENTRIES]
        self._show()

    def table(self, markdown: str) -> None:
        """Show a table, in place of the one before, between facts and entries."""
        self._table = markdown and f"\n{markdown}\n"
        self._show()

    def markdown(self) -> str:
        facts = "".join(f"| {name} | {value} |\n" for name, value in {"phase": self.phase, **self._facts}.items())
        entries = "\n".join(f"- {entry}" for entry in reversed(self._entries))
        return f"### {self._title}\n\n| | |\n|---|---|\n{facts}{self._table}\n{entries}\n"

    def _show(self) -> None:
        workflow.set_current_details(self.markdown())
