"""How the web answers: JSON of msgspec structs, and errors as one sentence."""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong, in one sentence."""

    error: str


def json_answer(content: Any, status: int = 200) -> Response:
    """A struct, or a list or mapping of structs, as JSON that nobody keeps."""
    return Response(
        msgspec.json.encode(content), status, media_type="application/json", headers={"cache-control": "no-store"}
    )


def problem(sentence: str, status: int) -> Response:
    return json_answer(Problem(error=sentence), status)


def say_errors_in_words(app: FastAPI) -> None:
    """Every error of the application becomes one sentence in JSON."""

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        answer = problem(_sentence(error), error.status_code)
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(RequestValidationError)
    async def not_valid(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        return problem(f"{first['loc'][-1]}: {first['msg']}.", 400)

    @app.exception_handler(Exception)
    async def failed(request: Request, error: Exception) -> Response:
        return problem("Balans failed to answer; the log says why.", 500)


def _sentence(error: HTTPException) -> str:
    if error.status_code == 404 and error.detail == "Not Found":
        return "There is nothing at this address."
    if error.status_code == 405:
        return "This address does not take that method."
    return str(error.detail)
