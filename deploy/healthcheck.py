"""`python healthcheck.py PORT`: exit code 0 when GET /health on that port of this container is answered well."""

import sys
import urllib.request

with urllib.request.urlopen(f"http://127.0.0.1:{int(sys.argv[1])}/health", timeout=2) as answer:
    sys.exit(answer.status != 200)
