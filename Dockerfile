# Kennispost in an image: built from pinned versions, not root, read-only but for /data.
#   docker build -t kennispost .
#   docker run --read-only --tmpfs /tmp -v kennispost:/data -p 8000:8000 --env-file kennispost.env kennispost

FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /source
COPY requirements.txt requirements-build.txt ./
RUN python -m venv /build \
 && /build/bin/pip install --require-hashes -r requirements-build.txt \
 && python -m venv /opt/kennispost \
 && /opt/kennispost/bin/pip install --require-hashes --only-binary :all: -r requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY content content
COPY subscribers subscribers
COPY service service
COPY templates templates
RUN /build/bin/python -m hatchling build -t wheel \
 && /opt/kennispost/bin/pip install --no-deps dist/*.whl \
 && /opt/kennispost/bin/python -m compileall -q /opt/kennispost/lib

FROM python:3.11-slim
RUN useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin kennispost \
 && install -d -o kennispost -g kennispost -m 0750 /data
COPY --from=build /opt/kennispost /opt/kennispost
ENV PATH=/opt/kennispost/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 KENNISPOST_DATA_DIR=/data
USER kennispost
WORKDIR /data
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
ENTRYPOINT ["kennispost"]
CMD ["serve", "--host", "0.0.0.0"]
