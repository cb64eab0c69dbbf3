"""Learn what is normal for one camera from its own footage, without labels, and score what is not.

The idea of judging a frame by velocity, geometry and appearance of its objects, each against the nearest that normal
footage holds, is that of Reiss and Hoshen, "Attribute-based Representations for Accurate and Interpretable Video
Anomaly Detection" (2022).
"""

from detection.score.normality.model import Normality, NormalityError
from detection.score.normality.observe import Observation, Observer
from detection.score.normality.scorer import NormalityScorer

__all__ = ["Normality", "NormalityError", "NormalityScorer", "Observation", "Observer"]
