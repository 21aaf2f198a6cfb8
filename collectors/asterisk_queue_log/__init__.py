"""Asterisk by its own log, `queue_log`: tailed live, or replayed.

Peer: Asterisk 11 and later with app_queue writing /var/log/asterisk/queue_log; recorded on 22.10. Emits the life of
contacts in whole seconds, and what members say of pauses. It knows nothing of holds, ringing or an agent's own calls.
"""

from collectors.asterisk_queue_log.collector import AsteriskQueueLog, check
from collectors.asterisk_queue_log.log import Progress, replay
from collectors.asterisk_queue_log.settings import Settings

__all__ = ["AsteriskQueueLog", "Progress", "Settings", "check", "replay"]
