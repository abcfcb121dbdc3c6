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

    def allows(self, address: str, day: datetime.date, *, once_for: str = "") -> bool:
        """Count one more for this address on this day. False when it has had its share.

        For a shorter span, `day` is the moment it begins. What comes again with the same `once_for` is counted once
        and told the same.
        """
        with self._lock:
            if day != self._day:
                self._begin(day)
            same = self._hash(f"{address} {once_for}")
            if once_for and same in self._told:
                return self._told[same]
            name = self._hash(address)
            counted = self._counts.pop(name, 0)
            self._counts[name] = counted + 1
            if once_for:
                self._told[same] = counted < self.times
            for kept in (self._counts, self._told):
                if len(kept) > REMEMBERED:
                    kept.popitem(last=False)
            return counted < self.times

    def _hash(self, text: str) -> bytes:
        return hashlib.blake2b(text.encode(), key=self._key, digest_size=16).digest()

    def _begin(self, day: datetime.date) -> None:
        self._day = day
        self._key = secrets.token_bytes(32)
        self._counts: OrderedDict[bytes, int] = OrderedDict()
        self._told: OrderedDict[bytes, bool] = OrderedDict()
