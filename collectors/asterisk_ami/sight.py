"""What the manager account lets us see, learnt from what arrives.

Why a caller left is told by channel variables (class dialplan). An account without that class cannot tell an
abandon from a timeout, and Asterisk does not say which classes an account has.
"""

from __future__ import annotations

from collectors.asterisk_ami.protocol import Message


class Sight:
    """`tells_left_reason`: True, False, or None while nothing has shown it. A given answer is never changed.

    Any variable proves the class. Hang-ups without new channels prove a filter, and whoever filters lets
    the variable QUEUESTATUS through, as docs/collectors.md advises. New channels without any variable prove that
    the class is missing; and so does, in the end, that nothing but queue events has come.
    """

    def __init__(self, reads_dialplan: bool | None = None) -> None:
        self._given = reads_dialplan is not None
        self.tells_left_reason: bool | None = reads_dialplan
        self._hangups = self._new_channels = False

    def see(self, message: Message) -> None:
        """Learn from a message."""
        if self._given or self.tells_left_reason:
            return
        if message.name in ("VarSet", "Newexten"):
            self.tells_left_reason = True
        elif message.name == "Newchannel":
            self._new_channels = True
        elif message.name == "Hangup":
            self._hangups = True
            if not self._new_channels:
                self.tells_left_reason = True

    def conclude(self) -> bool:
        """Whether the reason of a departure can be told, now that one has to be said."""
        if self.tells_left_reason is None:
            self.tells_left_reason = False
        return self.tells_left_reason
