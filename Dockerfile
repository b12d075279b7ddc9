# One image for all our processes: `python -m worker`, `bridge`, `media`, `drc`, `api`.
FROM python:3.11-slim-bookworm AS packages
RUN pip install --no-cache-dir uv==0.9.5
WORKDIR /app
COPY pyproject.toml requirements.lock ./
# What the project needs, at the versions of the lock, without the tools for development.
RUN uv venv /venv && uv pip install --no-cache --python /venv/bin/python --constraint requirements.lock -r pyproject.toml

# The operator's page, built as scripts/console-build builds it.
FROM node:24-bookworm-slim AS page
WORKDIR /app/console
COPY console/package.json console/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY console ./
RUN npm run build

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin argus
COPY --from=packages /venv /venv
WORKDIR /app
COPY --chown=argus:argus . .
COPY --from=page --chown=argus:argus /app/console/dist console/dist
ENV PATH=/venv/bin:$PATH PYTHONPATH=/app PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001
CMD ["python", "-m", "api"]
