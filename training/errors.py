"""Say what cannot be trained."""


class TrainingError(Exception):
    """The material or the settings cannot be trained with; the message is a full sentence."""
