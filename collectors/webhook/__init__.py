"""A signed HTTP receiver: `POST /events` with events of the vocabulary, one, many, or in CloudEvents envelopes.

Peer: any program that can make an HMAC. Emits what it is sent, as its own source, with people pseudonymised.
The signature is `sha256=` and the hexadecimal HMAC-SHA256, under one of the shared secrets, of the timestamp
header, a full stop and the raw body. Answers 202 only after the broker has the events.
"""

from collectors.webhook.receiver import STATUS_OF_REASON, Webhook, check
from collectors.webhook.settings import Settings
from collectors.webhook.signature import sign

__all__ = ["STATUS_OF_REASON", "Settings", "Webhook", "check", "sign"]
