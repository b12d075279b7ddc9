"""A pytest plugin for Google's system tests: they believe that they run against the real service.

Nothing in the tests is changed. The flag by which they skip what the official emulator cannot do is off, credentials
come from here, and the documents exist that Google's own project holds for the vector tests (as their
`util/bootstrap_vector_index.py` makes them; an index needs no making here).
"""

import importlib
import os
import sys
from typing import Any

import google.auth
from google.auth.credentials import AnonymousCredentials
from google.cloud import firestore
from google.cloud.firestore_v1.vector import Vector

PROJECT = os.environ["GCLOUD_PROJECT"]
VECTORS = {
    "doc1": ([1.0, 2.0, 3.0], "red"),
    "doc2": ([2.0, 2.0, 3.0], "red"),
    "doc3": ([3.0, 4.0, 5.0], "yellow"),
}


def pytest_configure(config: Any) -> None:
    """Before the tests are read."""
    sys.path.insert(0, str(config.invocation_params.dir))
    test__helpers = importlib.import_module("test__helpers")

    test__helpers.FIRESTORE_EMULATOR = False  # type: ignore[attr-defined]
    nobody = AnonymousCredentials()  # type: ignore[no-untyped-call]
    google.auth.default = lambda *_args, **_options: (nobody, PROJECT)
    client = firestore.Client(project=PROJECT, credentials=nobody)
    for name, (numbers, color) in VECTORS.items():
        client.document("vector_search", name).set({"embedding": Vector(numbers), "color": color})
