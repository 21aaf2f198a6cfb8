"""What the operator writes in `[collectors.NAME]` for an Asterisk by its manager interface."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, model_validator

from monitor.settings import Table


class Settings(Table):
    """Where the manager interface is and as whom to log in, and what Asterisk does not say itself."""

    source: Literal["asterisk_ami"] = "asterisk_ami"
    host: str = "127.0.0.1"
    port: int = Field(5038, ge=1, le=65535)
    username: str = "balans"
    secret: SecretStr | None = None
    secret_file: Path | None = None
    tls: bool = False
    ca_file: Path | None = None
    connect_seconds: float = Field(10, gt=0)
    """For the connection and the log-in, each."""
    ping_seconds: float = Field(10, gt=0)
    """How long the peer may be silent before it is asked for a sign of life."""
    ping_timeout_seconds: float = Field(5, gt=0)
    """How long it may take to answer; then the connection counts as lost."""
    snapshot_seconds: float = Field(60, gt=0)
    """How often everything is asked for again, to reconcile."""
    wrap_up_seconds: float = Field(0, ge=0)
    """Wrap-up of queues that set none of their own in `[queues.NAME]`: Asterisk tells nobody its wrapuptime."""
    other_work_reasons: tuple[str, ...] = ()
    """Pause reasons that are work, such as training; every other pause is a break."""
    reads_dialplan: bool | None = None
    """Whether the account reads class dialplan, by which an abandon is told from a timeout; absent: found out."""

    @model_validator(mode="after")
    def one_secret(self) -> Settings:
        if self.secret is not None and self.secret_file is not None:
            raise ValueError("secret and secret_file exclude each other")
        return self
