"""Documents as JSON that keeps Firestore's types: the `Document` of its REST interface, which takes it back as it is.

See https://firebase.google.com/docs/firestore/reference/rest/v1/Value.
"""

from __future__ import annotations

import base64
import math
from datetime import UTC, datetime
from typing import Any

from google.cloud.firestore import GeoPoint
from google.cloud.firestore_v1.base_document import BaseDocumentReference


def document(path: str, fields: dict[str, Any]) -> dict[str, Any]:
    """`path` is `collection/name`. Raises TypeError for a value that Firestore has no type for."""
    return {"name": path, "fields": {name: value(each) for name, each in fields.items()}}


def value(given: Any) -> dict[str, Any]:
    """One value with its type."""
    match given:
        case None:
            return {"nullValue": None}
        case bool():
            return {"booleanValue": given}
        case int():
            return {"integerValue": str(given)}
        case float():
            return {"doubleValue": given if math.isfinite(given) else _NAMES.get(given, "NaN")}
        case str():
            return {"stringValue": given}
        case datetime():
            return {"timestampValue": given.astimezone(UTC).isoformat().replace("+00:00", "Z")}
        case bytes():
            return {"bytesValue": base64.b64encode(given).decode()}
        case list() | tuple():
            return {"arrayValue": {"values": [value(each) for each in given]}}
        case dict():
            return {"mapValue": {"fields": {name: value(each) for name, each in given.items()}}}
        case GeoPoint():
            return {"geoPointValue": {"latitude": given.latitude, "longitude": given.longitude}}
        case BaseDocumentReference():
            return {"referenceValue": given.path}
    raise TypeError(f"{type(given).__name__} is no type of Firestore's")


_NAMES = {math.inf: "Infinity", -math.inf: "-Infinity"}
