"""Seals secrets with AES-256-GCM under a ring of keys, bound to the row and field that they belong to."""

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from recordings_site.web.logs.redaction import conceal

NONCE = 12


class SealingError(Exception):
    """A key ring that cannot be used, or a secret that none of its keys opens. Never tells a secret or a key."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """Named keys: the first seals, all of them open."""

    keys: Mapping[str, bytes] = field(repr=False)

    @classmethod
    def parse(cls, setting: str) -> Self:
        """Read "id:base64,id:base64" (each key 32 bytes); raises SealingError that tells which one is wrong."""
        keys: dict[str, bytes] = {}
        for number, entry in enumerate((part.strip() for part in setting.split(",") if part.strip()), start=1):
            name, colon, text = entry.partition(":")
            if not colon or not name or "." in name:
                raise SealingError(
                    f"Key {number} of CREDENTIALS_KEYS must look like id:base64, with no dots in the ID."
                )
            try:
                key = base64.b64decode(text, altchars=b"-_" if {"-", "_"} & set(text) else None, validate=True)
            except (binascii.Error, ValueError) as error:
                raise SealingError(f"Key {name} of CREDENTIALS_KEYS isn’t valid base64.") from error
            if len(key) != 32:
                raise SealingError(f"Key {name} of CREDENTIALS_KEYS has {len(key)} bytes; it needs 32.")
            if name in keys:
                raise SealingError(f"CREDENTIALS_KEYS has two keys named {name}.")
            keys[name] = key
        if not keys:
            raise SealingError("CREDENTIALS_KEYS is empty. Create a key with: echo k1:$(openssl rand -base64 32)")
        return cls(keys)

    @property
    def first(self) -> str:
        """The id of the key that seals."""
        return next(iter(self.keys))

    def seal(self, plaintext: str, context: str) -> str:
        """The sealed text "key-id.base64url"; `context` ("model|pk|field") must be given again to open it."""
        nonce = os.urandom(NONCE)
        sealed = AESGCM(self.keys[self.first]).encrypt(nonce, plaintext.encode(), context.encode())
        return f"{self.first}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, context: str) -> str:
        """The plaintext; SealingError when the key is not in the ring, or the text was altered or moved."""
        name, _, text = sealed.partition(".")
        key = self.keys.get(name)
        if key is None:
            raise SealingError(f"A secret is encrypted with the key {name!r}, which isn’t in CREDENTIALS_KEYS.")
        try:
            data = base64.b64decode(text, altchars=b"-_", validate=True)
            if base64.urlsafe_b64encode(data).decode() != text:
                raise ValueError("not the one way to write these bytes")
            plaintext = AESGCM(key).decrypt(data[:NONCE], data[NONCE:], context.encode()).decode()
        except (InvalidTag, binascii.Error, ValueError) as error:
            raise SealingError(
                f"A secret of {context} can’t be decrypted. It was altered or belongs to something else."
            ) from error
        # From here on it is in memory, where an error may pick it up.
        conceal(plaintext)
        return plaintext

    def is_current(self, sealed: str) -> bool:
        """Whether the first key sealed it, so that rotation may pass it by."""
        return sealed.partition(".")[0] == self.first
