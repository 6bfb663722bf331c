# One image for every process of the site: web, callbacks, worker, fallback. compose.yaml shows how each is started.
#   docker build --tag recordings-site .
ARG BASE=docker.io/library/debian:bookworm-slim

FROM ${BASE} AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*
RUN python3 -m venv /opt/recordings-site
ENV PATH=/opt/recordings-site/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements.txt /src/
RUN pip install --require-hashes --requirement /src/requirements.txt
COPY pyproject.toml README.md LICENSE /src/
COPY recordings_site /src/recordings_site
COPY templates /src/templates
COPY static /src/static
RUN pip install --no-deps /src
# The settings of a demo are enough to collect files; none of them stays in the image.
RUN DEMO=1 DATA_DIR=/tmp/data STATIC_ROOT=/opt/recordings-site/static recordings-site collectstatic --no-input

FROM ${BASE}
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates python3 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --home-dir /var/lib/recordings-site --create-home recordings
COPY --from=build /opt/recordings-site /opt/recordings-site
ENV PATH=/opt/recordings-site/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DATA_DIR=/var/lib/recordings-site \
    STATIC_ROOT=/opt/recordings-site/static
USER 10001
WORKDIR /var/lib/recordings-site
VOLUME /var/lib/recordings-site
EXPOSE 8000
CMD ["gunicorn", "--config", "python:recordings_site.ops.gunicorn_config", "--bind", "0.0.0.0:8000", "recordings_site.wsgi"]
