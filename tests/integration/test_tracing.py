"""Traces, sent to a real receiver of OTLP over HTTP and read from its protobuf."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from monitor.broker import embedded_broker
from monitor.bus import publishing
from monitor.settings import Tracing
from monitor.tracing import UNTRACED, Traces, traces
from tests.integration.test_live import calls, monitor, now, offered, picture
from tests.parts import free_port


class Receiver(ThreadingHTTPServer):
    """What an OpenTelemetry collector does, as far as an exporter sees it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Export)
        self.requests: list[ExportTraceServiceRequest] = []

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1/traces"

    def spans(self) -> list[Span]:
        """All that were sent."""
        return [
            span
            for request in self.requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


class _Export(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        assert self.path == "/v1/traces"
        self.server.requests.append(ExportTraceServiceRequest.FromString(body))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *words: object) -> None:
        """The test's output is its own."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


async def test_a_burst_is_traced_from_its_receipt_to_the_picture_that_shows_it(
    receiver: Receiver, tmp_path: Path
) -> None:
    with traces(Tracing(endpoint=receiver.endpoint)) as traced:
        async with embedded_broker(tmp_path) as mqtt, monitor(mqtt, traces=traced) as feed:
            async with publishing(mqtt, "pbx", now) as outlet:
                await outlet.put_safely(calls(0, 100))
            await picture(feed, lambda figures: offered(figures) == 100)
            traced.published()

    spans = receiver.spans()
    bursts = [span for span in spans if span.name == "batches received"]
    said = [{each.key: each.value for each in burst.attributes} for burst in bursts]
    assert sum(each["balans.events"].int_value for each in said) >= 150
    assert {value.string_value for each in said for value in each["balans.collectors"].array_value.values} == {"pbx"}
    for burst in bursts:
        parts = [span for span in spans if span.parent_span_id == burst.span_id]
        assert [part.name for part in parts] == ["journalled", "applied", "published"]
        assert {part.trace_id for part in parts} == {burst.trace_id}
        ends = [part.end_time_unix_nano for part in parts]
        assert [part.start_time_unix_nano for part in parts[1:]] == ends[:-1], "each from the one before"
        assert burst.start_time_unix_nano <= parts[0].start_time_unix_nano
        assert ends[-1] <= burst.end_time_unix_nano
    (service,) = {
        each.value.string_value
        for request in receiver.requests
        for resource in request.resource_spans
        for each in resource.resource.attributes
        if each.key == "service.name"
    }
    assert service == "balans"


def test_without_an_endpoint_there_is_nothing_to_trace_with() -> None:
    with traces(Tracing()) as off:
        assert type(off) is Traces
        passage = off.received(["pbx"], 1, 1)
        assert passage is UNTRACED
        off.applied(passage)
        off.published()


def test_when_tracing_is_off_nothing_of_it_is_loaded() -> None:
    # FastAPI looks for the interface by itself; what costs is the rest.
    program = "import sys, balans.roles; sys.exit('opentelemetry.sdk' in sys.modules or 'monitor.otlp' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_receiver_that_is_away_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    gone = f"http://127.0.0.1:{free_port()}/v1/traces"
    with caplog.at_level(logging.INFO), traces(Tracing(endpoint=gone, timeout_seconds=0.2)) as traced:
        for _ in range(600):
            traced.applied(traced.received(["pbx"], 1, 1))
            traced.published()
    assert [record.getMessage() for record in caplog.records] == [
        f"Traces do not reach {gone}. Those of meanwhile are lost."
    ]


def test_without_the_extra_it_is_one_sentence_and_exit_code_2(tmp_path: Path) -> None:
    configuration = tmp_path / "balans.toml"
    configuration.write_text(
        f'state_directory = "{tmp_path}"\nroles = ["monitor"]\n[tracing]\nendpoint = "http://127.0.0.1:1/v1/traces"\n'
    )
    program = "import sys; sys.modules['opentelemetry.sdk'] = None; from balans.cli import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", program, "run", "--config", str(configuration)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    sentence = "balans: tracing.endpoint needs OpenTelemetry: pip install 'balans[tracing]'."
    assert (done.returncode, done.stderr.splitlines()[-1]) == (2, sentence)
