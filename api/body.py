"""Base of request and response bodies: camelCase in JSON as in the documents; snake_case is understood as well."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Body(BaseModel):
    """Unknown fields are refused, so that a misspelt one is noticed and not ignored."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")


class View(BaseModel):
    """A response."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore")


class SagaLinks(View):
    """Where the saga behind a thing can be looked at."""

    workflow_id: str
    temporal: str
