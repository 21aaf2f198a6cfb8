"""Asterisk by its manager interface (AMI): TCP, pushed events, reconciled by lists.

Peer: Asterisk 13 and later with app_queue (FreePBX, Issabel, Wazo, VitalPBX); recorded on 22.10. Emits the whole life
of a contact, the states of queue members, snapshots of the queues and how the connection is.
"""

from collectors.asterisk_ami.collector import AsteriskAmi, check
from collectors.asterisk_ami.recording import Progress, replay
from collectors.asterisk_ami.settings import Settings

__all__ = ["AsteriskAmi", "Progress", "Settings", "check", "replay"]
