"""What the operator says about the receiver."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator, model_validator

from monitor.errors import ConfigurationError
from monitor.settings import Table

SHORTEST_SECRET = 16
"""Characters of a secret, at the least."""


class Settings(Table):
    """`secrets`, or `secrets_file` with one a line: several, so that one can be replaced without a gap."""

    source: Literal["webhook"]
    host: str = "127.0.0.1"
    port: int = Field(8010, ge=0, le=65535)
    secrets: tuple[SecretStr, ...] = ()
    secrets_file: Path | None = None
    window_seconds: float = Field(300, gt=0, le=86_400)
    """How far the sender's timestamp may be from here, either way."""
    body_bytes: int = Field(1024 * 1024, ge=1)
    body_seconds: float = Field(30, gt=0)
    """How long a sender may take over its body."""
    safe_seconds: float = Field(10, gt=0)
    """How long to wait for the broker before the sender is asked to come back."""
    heartbeat_seconds: float | None = Field(None, gt=0)
    """When the sender promises never to be silent for longer."""
    agents_are_opaque: bool = False
    """True: agents are pseudonyms already and are passed on as they are."""

    @field_validator("secrets")
    @classmethod
    def secrets_are_long(cls, secrets: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        if any(len(secret.get_secret_value()) < SHORTEST_SECRET for secret in secrets):
            raise ValueError(f"a secret needs at least {SHORTEST_SECRET} characters")
        return secrets

    @model_validator(mode="after")
    def there_is_a_secret(self) -> Settings:
        if not self.secrets and self.secrets_file is None:
            raise ValueError("secrets or secrets_file is needed: unsigned events are never taken in")
        return self

    def keys(self) -> tuple[bytes, ...]:
        """All secrets. Raises ConfigurationError when the file cannot be used."""
        inline = [secret.get_secret_value() for secret in self.secrets]
        if self.secrets_file is None:
            return tuple(secret.encode() for secret in inline)
        try:
            lines = self.secrets_file.read_text(encoding="utf-8").split()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"secrets_file: cannot read {self.secrets_file}.") from error
        if not lines or any(len(line) < SHORTEST_SECRET for line in lines):
            raise ConfigurationError(
                f"secrets_file: {self.secrets_file} needs secrets of at least {SHORTEST_SECRET} characters, one a line."
            )
        return tuple(secret.encode() for secret in (*inline, *lines))
