"""Learn what is normal for a camera while it watches, from its own footage, without labels.

It warms up, is active, notices that normality drifts and that the camera was moved, and takes people's word for what
an event was.
"""

from detection.score.living.scorer import LivingBaseline
from detection.score.living.settings import BaselineStatus, Decided, LivingSettings

__all__ = ["BaselineStatus", "Decided", "LivingBaseline", "LivingSettings"]
