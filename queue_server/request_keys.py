"""Names one action of a person, for its Idempotency-Key; knows no request and no table.

Any key is accepted from others. Ours begin with the time, because a key stands in two indexes of the database: keys in
order go to the end of both, random ones each to a page of its own that must be read, written and copied.
"""

from __future__ import annotations

import secrets
import time


def new_key() -> str:
    """A UUID of version 7 (RFC 9562, 5.7) as 32 hexadecimal digits: 48 bits of Unix time in ms, then 74 random bits.

    Any thread may ask; two keys of one millisecond are in no order. `newKey` of web/shared/api.ts makes the same.
    """
    variant = 0b1000 | secrets.randbits(2)
    return f"{time.time_ns() // 1_000_000:012x}7{secrets.randbits(12):03x}{variant:x}{secrets.randbits(60):015x}"
