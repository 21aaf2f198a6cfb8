"""Every error Balans raises on purpose.

BalansError                 caught at the command line: one sentence, no traceback
├── AskAPerson              nothing will improve until somebody changes something
│   ├── ConfigurationError  the TOML, the environment or the command's words are wrong (exit code 2)
│   ├── CredentialsRefused  the peer answered and said no to this user or key
│   ├── PartMissing         a program or file that Balans needs is not on this machine
│   └── NotKept             what was asked for is not kept, not any more or not yet
├── Retry                   the same call may succeed later
│   ├── PeerUnreachable     no connection, or the connection was lost
│   ├── BufferFull          a bounded buffer is at its bound
│   └── StillAtWork         the answer is being made
└── DropAndCount            this one input is unusable; count it by `reason` and go on
    ├── Malformed           bytes that are no event of the vocabulary
    └── Refused             a well-formed input that may not be taken in (signature, replay, size)
"""

from __future__ import annotations


class BalansError(Exception):
    """The root; its text is one sentence for a person."""


class AskAPerson(BalansError):
    """Trying again changes nothing."""


class ConfigurationError(AskAPerson):
    """What the operator wrote cannot be used; the sentence names the key."""


class CredentialsRefused(AskAPerson):
    """The peer is there and refuses this identity."""


class PartMissing(AskAPerson):
    """A part outside Balans is missing; the sentence says how to get it."""


class NotKept(AskAPerson):
    """There is nothing of what was asked for."""


class Retry(BalansError):
    """The same call may succeed later."""


class PeerUnreachable(Retry):
    """The other side cannot be reached or went away."""


class BufferFull(Retry):
    """A buffer has reached its stated bound."""


class StillAtWork(Retry):
    """The answer takes longer than anybody waits; the work goes on."""


class DropAndCount(BalansError):
    """One unusable input; `reason` is the word it is counted under."""

    reason = "dropped"


class Malformed(DropAndCount):
    """Bytes that are no event of the vocabulary."""

    reason = "malformed"


class Refused(DropAndCount):
    """Understood, and not taken in."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason
