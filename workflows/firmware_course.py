"""What a dock has said of its upgrade, and what a failure of one means for another try. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from temporalio.exceptions import ApplicationError

from activities.state.firmware import PushLook
from dji.errors import lookup
from dji.firmware_name import same_version
from store.facts import FirmwareVersion, OtaProgress
from workflows.errors import DJI_PREFIX, MEANINGS, Failure, FailureDetails, details_of, dji_code, failure

BAD_ENDS: Final = frozenset({"failed", "rejected", "canceled", "timeout"})
RUNS_ALREADY: Final = 312014
# What another try, later, can cure without a person; the slow ones need something to charge, or a job to end
CURABLE: Final = frozenset(
    {
        Failure.NO_REPLY,
        Failure.DOCK_BUSY,
        Failure.FIRMWARE_NOT_READY,
        Failure.FIRMWARE_FAILED,
        Failure.FIRMWARE_WRONG_VERSION,
    }
)
SLOW: Final = frozenset({Failure.DOCK_BUSY, Failure.FIRMWARE_NOT_READY})
SLOW_CODES: Final = frozenset({RUNS_ALREADY, 312015, 312704})


@dataclass(slots=True)
class Course:
    """Versions that count are those told since the order may have been given; `wanted` is by device, once known."""

    wanted: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    status: str = ""
    step: str | None = None
    result: int = 0
    ordered: bool = False

    def took(self, fact: OtaProgress) -> None:
        if self.ordered:
            was_installed = self.installed
            self.status, self.step, self.result = fact.status, fact.step, fact.result
            self._through(was_installed)

    def took_version(self, fact: FirmwareVersion) -> None:
        """A version, and with it the dock's last word, where it has said one meanwhile."""
        if fact.last is not None:
            self.took(fact.last)
        if self.ordered and (fact.device in self.wanted or not self.wanted):
            self.versions[fact.device] = fact.version

    def wants(self, wanted: dict[str, str]) -> None:
        """What was ordered is known: what was told meanwhile of other devices does not matter."""
        self.wanted = wanted
        self.versions = {device: version for device, version in self.versions.items() if device in wanted}
        self._through(was_installed=False)

    def looked(self, look: PushLook) -> None:
        """The store's word, where a signal may have been lost."""
        was_installed = self.installed
        if look.status:
            self.status, self.result = look.status, look.result
        self.versions |= {device: version for device, version in look.versions.items() if device in self.wanted}
        self._through(was_installed)

    def _through(self, was_installed: bool) -> None:
        """Once it is through with installing, other versions that were told before do not count against it."""
        if self.wanted and self.installed and not was_installed:
            self.versions = {
                device: said for device, said in self.versions.items() if same_version(said, self.wanted[device])
            }

    @property
    def done(self) -> bool:
        """Every device says that it runs what it should."""
        return bool(self.wanted) and all(
            same_version(self.versions.get(device), version) for device, version in self.wanted.items()
        )

    @property
    def failed(self) -> bool:
        return not self.done and (self.status in BAD_ENDS or self.result != 0)

    @property
    def installed(self) -> bool:
        """The dock says that it is through; only the version proves it."""
        return self.status == "ok"

    @property
    def differs(self) -> bool:
        """A device came back and runs something else."""
        return any(not same_version(said, self.wanted[device]) for device, said in self.versions.items())

    def failure(self) -> ApplicationError:
        """Why it failed, by the dock's own code where it gave one."""
        if self.result == 0:
            return failure(Failure.FIRMWARE_FAILED, f"the dock says that the upgrade is {self.status}")
        said = lookup(self.result)
        return ApplicationError(
            f"ota_progress: {self.result}: {said.meaning}",
            FailureDetails(cure=said.cure, code=self.result, data={"step": self.step}).model_dump(mode="json"),
            type=f"{DJI_PREFIX}{self.result}",
            non_retryable=True,
        )

    def wrong_version(self) -> ApplicationError:
        found = ", ".join(f"{device} runs {self.versions[device]}" for device in sorted(self.versions))
        wanted = ", ".join(sorted(set(self.wanted.values())))
        return failure(Failure.FIRMWARE_WRONG_VERSION, f"{found}; {wanted} was installed")


@dataclass(frozen=True, slots=True)
class Verdict:
    """A failure in words, and whether it is tried again by itself."""

    kind: str
    reason: str
    cure: str
    code: int | None
    curable: bool
    slow: bool


def verdict(error: BaseException) -> Verdict:
    """What a failure means. One that is no business failure is a fault of ours, and for a person."""
    if not isinstance(error, ApplicationError):
        return Verdict(type(error).__name__, str(error), "Look at the saga, then retry the dock", None, False, False)
    details = details_of(error)
    code = dji_code(error)
    if code is not None:
        return Verdict(
            error.type or "", error.message, details.cure, code, lookup(code).retry_helps, code in SLOW_CODES
        )
    kind = error.type or ""
    cure = details.cure
    if not cure and kind in MEANINGS:
        cure = MEANINGS[Failure(kind)].cure
    return Verdict(kind, error.message, cure, None, kind in CURABLE, kind in SLOW)
