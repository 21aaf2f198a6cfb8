# Balans in one image; which roles it plays is its configuration. See docs/operations.md.
FROM python:3.12-slim AS build
WORKDIR /source
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY tools ./tools
COPY balans ./balans
COPY monitor ./monitor
COPY collectors ./collectors
COPY web ./web
# The build brings its own Node for the pages and leaves it here.
RUN python -m venv /opt/balans && /opt/balans/bin/pip install --no-cache-dir --disable-pip-version-check .

FROM python:3.12-slim
COPY --from=build /opt/balans /opt/balans
RUN mkdir -p /etc/balans /var/lib/balans && chown 10001:10001 /var/lib/balans
ENV PATH=/opt/balans/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    BALANS_STATE_DIRECTORY=/var/lib/balans
USER 10001:10001
WORKDIR /var/lib/balans
VOLUME /var/lib/balans
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
ENTRYPOINT ["balans"]
CMD ["run", "--config", "/etc/balans/balans.toml"]
