"""What every message's data is made of, and the registry that finds the model of a method."""

from collections.abc import Iterable
from functools import cache
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict

from dji.fields import Docks, field
from dji.topics import Kind

ALL_DOCKS: Docks = (1, 2, 3)

# Data that is no object (an array, a number) is kept under this key.
BARE = ""


class Model(BaseModel):
    """A structure of the protocol.

    Every field may be absent, since real messages are partial: `model_fields_set` holds the ones that were said.
    Fields that the protocol does not name are kept (`model_extra`). A value of a wrong type is kept there as well,
    under the field's own name, while the attribute stays None: code may rely on the declared types.
    """

    model_config = ConfigDict(
        extra="allow",
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        coerce_numbers_to_str=True,
        protected_namespaces=(),
        defer_build=True,
    )

    def present(self) -> dict[str, Any]:
        """Only what was said, as plain nested dicts under the keys of the wire, unknown fields included."""
        said = self.__pydantic_fields_set__
        wire = wire_names(type(self))
        out = {wire[name]: _plain(value) for name, value in self.__dict__.items() if name in said}
        if self.__pydantic_extra__:
            out.update(self.__pydantic_extra__)
        return out

    def to_wire(self) -> Any:
        """The data as the wire has it; `present()` for all but the few methods whose shape we even out."""
        out = self.present()
        return out[BARE] if out.keys() == {BARE} else out

    @classmethod
    def knows_key(cls, key: str) -> bool:
        """True for keys that are documented by a pattern and not by name, such as a payload's index."""
        return cls.model_at(key) is not None

    @classmethod
    def model_at(cls, key: str) -> "type[Model] | None":
        """The model of what stands under such a key."""
        return None

    @classmethod
    def read(cls, data: dict[str, Any]) -> Self:
        """Make the model from plain data, whatever fits of it. Never raises."""
        from dji.lenient import fit  # it is built on the models

        return fit(cls, data)

    @classmethod
    def from_wire(cls, data: Any) -> Any:
        """Even out the shapes in which a method is documented, before the data is validated."""
        return data


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        return value.present()
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


@cache
def wire_names(model: type[Model]) -> dict[str, str]:
    """The wire's key of each attribute of a model."""
    return {name: info.serialization_alias or name for name, info in model.model_fields.items()}


class Body(Model):
    """The data of one method on one kind of topic. Naming the method on the class registers it.

    `docks` are the models (1, 2, 3) that have the method, `deprecated` those for which DJI advises against it.
    `documented` is False for methods that docks are known to use, and no page of theirs describes.
    """

    kind: ClassVar[Kind]
    method: ClassVar[str] = ""
    docks: ClassVar[Docks] = ALL_DOCKS
    deprecated: ClassVar[Docks] = ()

    documented: ClassVar[bool] = True

    def __init_subclass__(
        cls,
        *,
        method: str = "",
        docks: Docks = ALL_DOCKS,
        deprecated: Docks = (),
        documented: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init_subclass__(**kwargs)
        if method:
            cls.method, cls.docks, cls.deprecated = method, docks, deprecated
            cls.documented = documented
            REGISTRY[cls.kind, method] = cls


REGISTRY: dict[tuple[Kind, str], type[Body]] = {}


class Unknown(Body):
    """The data of a method or device that the protocol does not document; all of it is in `model_extra`."""


class Status(Body):
    """The topology of a gateway."""

    kind = Kind.STATUS


class StatusReply(Body):
    """The cloud's receipt of a topology."""

    kind = Kind.STATUS_REPLY

    result: int | None = field("0 if the topology was taken.")


class Command(Body):
    """What the cloud tells a dock to do."""

    kind = Kind.SERVICES


class Reply(Body):
    """A dock's answer to a command. `result` 0 means accepted, anything else is an error code."""

    kind = Kind.SERVICES_REPLY

    result: int | None = field("0 if accepted, else an error code.")


class Event(Body):
    """What a dock tells of itself."""

    kind = Kind.EVENTS


class EventReply(Body):
    """The cloud's receipt of an event that asked for one."""

    kind = Kind.EVENTS_REPLY

    result: int | None = field("0 if the event was taken.")


class Request(Body):
    """What a dock asks of the cloud. It waits for the answer."""

    kind = Kind.REQUESTS


class RequestReply(Body):
    """The cloud's answer to a dock's request."""

    kind = Kind.REQUESTS_REPLY

    result: int | None = field("0, or an error code.")


class DrcCommand(Body):
    """What the cloud sends on the link of the live flight controls."""

    kind = Kind.DRC_DOWN


class DrcPush(Body):
    """What comes back on the link of the live flight controls: a reply under the command's name, or a push."""

    kind = Kind.DRC_UP


class DrcReply(DrcPush):
    """A dock's answer to a command on the link of the live flight controls."""

    result: int | None = field("0 if accepted, else an error code.")


def registered(kinds: Iterable[Kind] | None = None) -> list[type[Body]]:
    """All models of methods, in the order of their modules; or those of some kinds."""
    wanted = set(kinds) if kinds is not None else set(Kind)
    return [model for (kind, _), model in REGISTRY.items() if kind in wanted]
