"""Say what is wrong with a model; every message is a sentence with the way out."""

from __future__ import annotations


class ModelError(Exception):
    """A model cannot be used, fetched or written."""


class MissingModel(ModelError):
    """A model is not in the folder."""


class ForeignModel(ModelError):
    """A file bears a model's name and is not that model."""
