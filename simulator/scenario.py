"""How a dock misbehaves: rules that say what goes wrong with which message, how often, and what the world is like.

A scenario is a YAML or JSON file; those in `simulator/scenarios` are known by name. Rules can also be added to a
running dock over the control API.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, model_validator

import dji
from simulator import world

SHIPPED = Path(__file__).parent / "scenarios"

On = Literal["command", "reply", "event", "request", "status", "osd", "state", "drc", "step"]
Do = Literal[
    "silence", "delay", "duplicate", "reorder", "wrong_tid", "wrong_bid", "result", "garbage", "disconnect", "reboot",
    "burst", "set",
]  # fmt: skip


_IDS: set[Do] = {"wrong_tid", "wrong_bid"}
_OUT: set[Do] = _IDS | {
    "silence", "delay", "duplicate", "reorder", "garbage", "disconnect", "reboot", "burst", "set",
}  # fmt: skip
# What can be done with what: a rule that could do nothing is a mistake of its author.
POSSIBLE: dict[On, set[Do]] = {
    "command": {"silence", "delay", "result", "disconnect", "reboot", "set"},
    "reply": _OUT | {"result"},
    "event": _OUT | {"result"},
    "request": _OUT,
    "status": _OUT,
    "osd": _OUT,
    "state": _OUT,
    "drc": _OUT - _IDS | {"result"},  # these messages have neither tid nor bid
    "step": {"disconnect", "reboot", "set"},
}
_UNNAMED: tuple[On, ...] = ("osd", "state")  # these messages have no method


class Yaml12(yaml.SafeLoader):
    """YAML as its version 1.2 reads it, where `on` and `off` are words: PyYAML's 1.1 takes `on:` for `true:`."""


Yaml12.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Yaml12.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


class ScenarioError(ValueError):
    """A scenario that cannot be read; the text names file, field and what is wrong."""


class Rule(BaseModel):
    """One thing that goes wrong.

    `on` is what it waits for: a command that arrives, a reply, event, request, topology, osd, state or DRC message that
    goes out, or a step of a flight. `do` is what happens then:

    * silence: the message is not sent; a command is neither carried out nor answered
    * delay: `seconds` late; reorder: after the next one that goes out
    * duplicate: sent twice; burst: `count` times
    * wrong_tid, wrong_bid: another id than it should carry
    * result: `code` in place of success; a command is then not carried out
    * garbage: the first half of the JSON
    * disconnect: the connection is lost before it goes out, for `seconds`
    * reboot: power is lost, for `seconds`
    * set: `values` become true (battery, wind_speed, ... see `simulator.world`)
    """

    model_config = ConfigDict(extra="forbid")

    on: On
    do: Do
    method: str = Field("*", description="Name or pattern of the method; of a step: its name or number")
    skip: int = Field(0, ge=0, description="So many are let through first")
    times: int | None = Field(1, ge=1, description="How often; null: always")
    seconds: float = Field(1.0, ge=0)
    code: int = 0
    count: int = Field(2, ge=2, le=10_000)
    values: dict[str, Any] = Field(default_factory=dict)

    _seen: int = PrivateAttr(0)
    _used: int = PrivateAttr(0)

    @model_validator(mode="after")
    def _complete(self) -> Rule:
        if self.do == "result" and not self.code:
            raise ValueError("code: must be given, and not 0, where `do` is result")
        if self.do == "set" and not self.values:
            raise ValueError("values: must be given where `do` is set")
        possible = POSSIBLE[self.on]
        if self.do not in possible:
            raise ValueError(f"do: {self.do} cannot be done on {self.on}, only {', '.join(sorted(possible))}")
        world.check(self.values)
        if self.on in _UNNAMED and self.method != "*":
            raise ValueError(f"method: messages of {self.on} have none")
        if self.on not in ("step", *_UNNAMED):
            _known(self.method)
        return self

    def strikes(self, on: On, *names: str) -> bool:
        """True if it is this rule's turn; counts."""
        if on != self.on or not any(fnmatchcase(name, self.method) for name in names):
            return False
        if self.times is not None and self._used >= self.times:
            return False
        self._seen += 1
        if self._seen <= self.skip:
            return False
        self._used += 1
        return True

    @property
    def used(self) -> int:
        """How often it has struck."""
        return self._used


def _known(method: str) -> None:
    """Raises ValueError for a name or pattern that no method has."""
    names = dji.methods()
    if not any(fnmatchcase(name, method) for name in names):
        near = get_close_matches(method, names, 3)
        raise ValueError(f"method: {method} is none" + (f"; did you mean {', '.join(near)}?" if near else ""))


class Scenario(BaseModel):
    """A named set of rules, and what is true from the start (`world`)."""

    model_config = ConfigDict(extra="forbid")

    name: str = "unnamed"
    description: str = ""
    world: dict[str, Any] = Field(default_factory=dict)
    lacks: list[str] = Field(default_factory=list, description="Methods that this old firmware does not have")
    lacking_is: Literal["refused", "accepted"] = Field(
        "refused", description="accepted: result 0 and nothing happens, as some firmware does"
    )
    firmware_stays: bool = Field(False, description="An upgrade reports success and comes back with the old version")
    upload_breaks_after: int | None = Field(
        None, ge=0, description="So many files go up, then the bucket cannot be reached until the next reboot"
    )
    callback_repeats: int = Field(0, ge=0, description="Each upload is reported so many times more")
    uploads_lost: int = Field(0, ge=0, description="So many files are reported and never put into the bucket")
    uploads_cut: int = Field(
        0, ge=0, description="So many reports give the size of the whole file, of which half is in the bucket"
    )
    uploads_forgotten: int = Field(0, ge=0, description="So many files are counted, and never uploaded or spoken of")
    side_files: Literal["flight", "photo", "none"] = Field(
        "flight", description="PPK files: a set for the whole flight, one for each photo, or none"
    )
    logs: Literal["whole", "stalls", "half_fails", "claims"] = Field(
        "whole", description="How uploads of logs go; claims: done by the dock's word, and not in the bucket"
    )
    rules: list[Rule] = Field(default_factory=list)

    @model_validator(mode="after")
    def _sensible(self) -> Scenario:
        world.check(self.world)
        for method in self.lacks:
            _known(method)
        return self

    def struck(self, on: On, *names: str) -> list[Rule]:
        """The rules whose turn it is with this message."""
        return [rule for rule in self.rules if rule.strikes(on, *names)]


def names() -> list[str]:
    """The scenarios in the repository."""
    return sorted(path.stem for path in SHIPPED.glob("*.yaml"))


def load(source: Scenario | str | dict[str, Any] | None) -> Scenario:
    """A fresh scenario: by name, from a file, or from its content. Raises ScenarioError."""
    if source is None:
        return Scenario(name="none")
    if isinstance(source, Scenario):
        return source.model_copy(deep=True)
    where = "scenario"
    if isinstance(source, str):
        path = SHIPPED / f"{source}.yaml" if source in names() else Path(source)
        where = str(path)
        try:
            source = yaml.load(path.read_text(), Yaml12)  # noqa: S506  # a SafeLoader
        except (OSError, yaml.YAMLError) as error:
            raise ScenarioError(f"{where}: {error}; known by name: {', '.join(names())}") from None
    try:
        return Scenario.model_validate(source)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        said = first["msg"].removeprefix("Value error, ")
        raise ScenarioError(": ".join(filter(None, (where, field, said)))) from None
