"""What jobs report: those of remote debugging and of firmware."""

from dji.fields import field
from dji.model import Event, Model, Reply
from dji.shared import STATUS, JobOutput


class JobReply(Reply):
    """The answer to a command that starts a job, with the job's state."""

    output: JobOutput | None = field("The job.")

    @property
    def status(self) -> str | None:
        """State of the job."""
        return self.output.status if self.output else None


class JobProgress(Model):
    """Step and percentage. What a step is called has changed between versions."""

    percent: int | None = field("Progress.", unit="%", low=0, high=100)
    step_key: str | None = field("What the job is doing.")
    step_result: int | None = field("Result of the step; on old firmware only.")


class JobEventOutput(Model):
    """How far a job is."""

    status: str | None = field("State of the job.", values=STATUS)
    progress: JobProgress | None = field("Step and percentage.")


class JobEvent(Event):
    """How a job goes on. It carries the `bid` of the command that started it."""

    result: int | None = field("0, or the error code of what went wrong.")
    output: JobEventOutput | None = field("How far the job is.")

    @property
    def status(self) -> str | None:
        """State of the job."""
        return self.output.status if self.output else None

    @property
    def percent(self) -> int | None:
        """Progress in percent; says nothing once the status is terminal."""
        return self.output.progress.percent if self.output and self.output.progress else None

    @property
    def step(self) -> str | None:
        """What the job is doing, by DJI's key ("open_cover")."""
        return self.output.progress.step_key if self.output and self.output.progress else None
