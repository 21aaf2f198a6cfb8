"""How the web answers: JSON of msgspec structs, and errors as one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from monitor.errors import Retry
from monitor.measures import Text
from web.language import language_of, say

DECIDED = Text(
    en="This has been decided already, or does not exist.", nl="Hierover is al besloten, of het bestaat niet."
)
NOTHING_HERE = "There is nothing at this address."
NO_SUCH_METHOD = "This address does not take that method."
STORE_AWAY = Text(
    en="What is kept cannot be reached just now; try again in a moment.",
    nl="Wat bewaard is, is nu even niet bereikbaar; probeer het zo dadelijk nog eens.",
)
TOO_LARGE = Text(en="That is too much at once.", nl="Dat is te veel in één keer.")
NOT_UNDERSTOOD = Text(en="This was not understood: {why}.", nl="Dit is niet begrepen: {why}.")
MAX_BODY_BYTES = 64 * 1024

Asked = TypeVar("Asked")


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong, in one sentence."""

    error: str


def json_answer(content: Any, status: int = 200) -> Response:
    """A struct, or a list or mapping of structs, as JSON that nobody keeps."""
    return Response(
        msgspec.json.encode(content), status, media_type="application/json", headers={"cache-control": "no-store"}
    )


def problem(sentence: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """What is wrong, as JSON."""
    answer = json_answer(Problem(error=sentence), status)
    answer.headers.update(headers or {})
    return answer


def said(text: Text, request: Request) -> str:
    """The text in the language of whoever asks."""
    return say(text, language_of(request.headers.get("accept-language", "")))


async def body_as(request: Request, type: type[Asked], most_bytes: int = MAX_BODY_BYTES) -> Asked:
    """The JSON that was sent; nothing counts as an empty object. Refused with 413 when it is too large, 415 when it
    does not call itself JSON (a form of another site cannot), 400 when it is not understood."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most_bytes:
            raise HTTPException(413, said(TOO_LARGE, request))
    if body and request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(415, said(NOT_UNDERSTOOD, request).format(why="content-type: application/json"))
    try:
        return msgspec.json.decode(bytes(body) or b"{}", type=type)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise HTTPException(400, said(NOT_UNDERSTOOD, request).format(why=error)) from error


def say_errors_in_words(app: FastAPI) -> None:
    """Every error of the application becomes one sentence in JSON."""

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        return problem(_sentence(error), error.status_code, error.headers)

    @app.exception_handler(Retry)
    async def away(request: Request, error: Retry) -> Response:
        return problem(said(STORE_AWAY, request), 503, {"retry-after": "2"})

    @app.exception_handler(RequestValidationError)
    async def not_valid(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        return problem(f"{first['loc'][-1]}: {first['msg']}.", 400)

    @app.exception_handler(Exception)
    async def failed(request: Request, error: Exception) -> Response:
        return problem("Balans failed to answer; the log says why.", 500)


def _sentence(error: HTTPException) -> str:
    if error.status_code == 404 and error.detail == "Not Found":
        return NOTHING_HERE
    if error.status_code == 405:
        return NO_SUCH_METHOD
    return str(error.detail)
