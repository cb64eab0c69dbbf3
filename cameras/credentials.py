"""Keep camera addresses secret: encrypted at rest and on the broker, masked wherever people or logs see them."""

from __future__ import annotations

import re

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

HIDDEN = "***"
_SECRETS = "pass|pwd|psw|user|usr|login|token|auth|secret|key|sig"
SECRET_NAME = re.compile(rf"(?i){_SECRETS}")
"""What the name of a query value that is kept secret holds."""
_SECRET_PARAMETER = re.compile(rf"(?i)([?&;][^=&;#\s]*(?:{_SECRETS})[^=&;#\s]*=)[^&;#\s]*")
_ADDRESS_IN_TEXT = re.compile(r"(?i)\b(?:rtsps?|https?)://\S+")


class UnreadableSource(Exception):
    """A stored address cannot be decrypted: the installation's credential key is not the one it was stored with."""


def encrypt(source: str) -> bytes:
    """Return the address as a Fernet token (AES-128-CBC with HMAC-SHA256), ASCII, safe to store and to queue."""
    return Fernet(settings.CREDENTIAL_KEY).encrypt(source.encode())


def decrypt(token: bytes | memoryview | str) -> str:
    """Return the address in clear; only what opens the stream may call this.

    Raises:
        UnreadableSource: the token was made with another key, or is damaged.
    """
    raw = token.encode() if isinstance(token, str) else bytes(token)
    try:
        return Fernet(settings.CREDENTIAL_KEY).decrypt(raw).decode()
    except InvalidToken:
        # "from None": the traceback would otherwise carry the token into a log.
        raise UnreadableSource(
            "The camera's stored address cannot be decrypted with this installation's credential key. "
            "Restore the key (credentials.key or VEDETTE_CREDENTIAL_KEY), or enter the address again."
        ) from None


def masked(source: str) -> str:
    """Return the address as people may see it: rtsp://***:***@host/path, secret query values hidden too.

    Everything up to the last @ counts as credentials, since passwords get pasted with @, / and ? unescaped.
    """
    scheme, separator, rest = source.partition("://")
    if not separator:
        return source
    if "@" in rest and scheme.lower() != "file":
        rest = f"{HIDDEN}:{HIDDEN}@" + rest.rpartition("@")[2]
    return _SECRET_PARAMETER.sub(rf"\g<1>{HIDDEN}", f"{scheme}://{rest}")


def masked_token(token: bytes | memoryview | str) -> str:
    """Return a stored address masked, or words that say it cannot be read; never raises."""
    try:
        return masked(decrypt(token))
    except UnreadableSource:
        return "an address that this installation's key cannot read"


def masked_text(text: str) -> str:
    """Return a sentence with every address in it masked."""
    return _ADDRESS_IN_TEXT.sub(lambda found: masked(found.group()), text)
