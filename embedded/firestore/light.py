"""Makes a server's start quick: the protocol's messages without the client that they are shipped with.

Importing anything below `google.cloud.firestore_v1` runs that package's `__init__`, which loads the whole client with
its transports: two thirds of the time that a start takes. A process that only serves needs the messages alone.
"""

import importlib.util
import sys
from types import ModuleType

PACKAGE = "google.cloud.firestore_v1"


def skip_client() -> None:
    """Put an empty package in place of the client's, with the same modules below it.

    For a process that does not use the client, before anything else of this package is imported. Does nothing where the
    client is loaded already.
    """
    if PACKAGE in sys.modules:
        return
    # The finder is asked for `google.cloud` first, which is a namespace without code.
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.submodule_search_locations is None:
        return
    package = ModuleType(PACKAGE)
    package.__path__ = list(spec.submodule_search_locations)
    package.__spec__ = spec
    sys.modules[PACKAGE] = package
