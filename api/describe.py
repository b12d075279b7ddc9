"""`python -m api.describe`: the API's description (OpenAPI) on standard output, as `/v1/openapi.json` has it."""

from __future__ import annotations

import sys

import orjson

from api.app import routes

if __name__ == "__main__":
    sys.stdout.buffer.write(orjson.dumps(routes().openapi(), option=orjson.OPT_INDENT_2))
