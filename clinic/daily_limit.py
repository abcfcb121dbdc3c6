"""How often one address on the network may do something in a day, without keeping the address. Pure.

An address is counted under a hash whose key is random, lives in this process alone and is forgotten with the day: not
even we can say afterwards who was counted. So each process counts for itself, and a restart begins anew: a fence
against floods, no account of people.
"""

import datetime
import hashlib
import secrets
import threading
from collections import OrderedDict

REMEMBERED = 10_000  # addresses a day; beyond that those counted longest ago are forgotten


class DailyLimit:
    """`allows` answers yes this many times a day for an address; or in whatever span the caller counts."""

    def __init__(self, times: int) -> None:
        self.times = times
        self._lock = threading.Lock()
        self._begin(datetime.date.min)

    def allows(self, address: str, day: datetime.date) -> bool:
        """Count one more for this address on this day. False when it has had its share.

        For a shorter span, `day` is the moment it begins.
        """
        with self._lock:
            if day != self._day:
                self._begin(day)
            name = hashlib.blake2b(address.encode(), key=self._key, digest_size=16).digest()
            counted = self._counts.pop(name, 0)
            self._counts[name] = counted + 1
            if len(self._counts) > REMEMBERED:
                self._counts.popitem(last=False)
            return counted < self.times

    def _begin(self, day: datetime.date) -> None:
        self._day = day
        self._key = secrets.token_bytes(32)
        self._counts: OrderedDict[bytes, int] = OrderedDict()
