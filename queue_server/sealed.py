"""Fields sealed with a public key, which only the holder of the private one opens again; knows no person and no hall.

X25519 with a fresh key for every box, HKDF-SHA256, AES-256-GCM. A node that is cut off seals what it must keep on its
disk and can't open it again itself.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_NONCE = bytes(12)  # every key seals once


class NotSealedForUsError(ValueError):
    """No box of ours: damaged, made for another key, or bound to something else."""


def public_key(private: bytes) -> str:
    """The public half of 32 secret bytes, as text."""
    return base64.b64encode(X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()).decode()


def seal(public: str, fields: Mapping[str, str], bound_to: str) -> str:
    """A box of `fields`, bound to the name of what it belongs to. Raises ValueError when `public` is no key."""
    theirs = base64.b64decode(public, validate=True)
    once = X25519PrivateKey.generate()
    ours = once.public_key().public_bytes_raw()
    key = _key(once.exchange(X25519PublicKey.from_public_bytes(theirs)), ours, theirs)
    plain = json.dumps(dict(fields), ensure_ascii=False).encode()
    return base64.b64encode(ours + AESGCM(key).encrypt(_NONCE, plain, bound_to.encode())).decode()


def unseal(private: bytes, box: str, bound_to: str) -> dict[str, str]:
    """The fields in a box. Raises NotSealedForUsError."""
    mine = X25519PrivateKey.from_private_bytes(private)
    try:
        raw = base64.b64decode(box, validate=True)
        theirs = raw[:KEY_BYTES]
        key = _key(
            mine.exchange(X25519PublicKey.from_public_bytes(theirs)), theirs, mine.public_key().public_bytes_raw()
        )
        fields: dict[str, str] = json.loads(AESGCM(key).decrypt(_NONCE, raw[KEY_BYTES:], bound_to.encode()))
    except (InvalidTag, ValueError):
        raise NotSealedForUsError("the box cannot be opened") from None
    return fields


def _key(shared: bytes, once: bytes, theirs: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=once + theirs, info=b"hall-queue sealed 1").derive(shared)
