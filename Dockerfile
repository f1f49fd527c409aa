# Installs exactly what the Makefile does: the same lock files, the same installer, the same warm-up.
FROM python:3.13-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends make && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/graphnet
COPY Makefile requirements.lock installer.lock pyproject.toml README.md LICENSE neo4j.lock ./
COPY graphnet graphnet
COPY ingest ingest
COPY webapp webapp
COPY docs docs
RUN make venv NEO4J=no

FROM python:3.13-slim
COPY --from=build /srv/graphnet /srv/graphnet
RUN useradd --system --create-home --uid 10001 graphnet && install -d -m 700 -o graphnet /data
USER graphnet
WORKDIR /srv/graphnet
ENV PATH="/srv/graphnet/.venv/bin:$PATH" PYTHONUNBUFFERED=1
ENTRYPOINT ["graphnet"]
CMD ["web", "--host", "0.0.0.0"]
