"""Objects that a saga depends on."""

from __future__ import annotations

from pydantic import BaseModel
from temporalio import activity

from activities.failures import Failure, failure
from store.objects import Objects


class ObjectCheck(BaseModel):
    object_key: str
    md5: str


class ObjectStore:
    """Activities on the bucket."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    @activity.defn
    async def check_object(self, given: ObjectCheck) -> None:
        """See that the file a dock will fetch is there, and is the one that was checked. Raises ObjectMissing."""
        found = await self._objects.head(given.object_key)
        if found is None:
            raise failure(Failure.OBJECT_MISSING, f"{given.object_key} is not in the bucket", field="wayline_id")
        if found.md5 is not None and found.md5 != given.md5:
            raise failure(
                Failure.OBJECT_MISSING, f"{given.object_key} is another file than was uploaded", field="wayline_id"
            )
