"""Keep what a detector and a tracker saw, frame by frame, and go through it again without them."""

from detection.cache.errors import CacheError
from detection.cache.folder import DEFAULT_LIMIT_BYTES, CacheFolder, matching
from detection.cache.identity import Identity, address_of, content_of
from detection.cache.reader import Recording
from detection.cache.replay import replay
from detection.cache.writer import CacheWriter

__all__ = [
    "DEFAULT_LIMIT_BYTES",
    "CacheError",
    "CacheFolder",
    "CacheWriter",
    "Identity",
    "Recording",
    "address_of",
    "content_of",
    "matching",
    "replay",
]
