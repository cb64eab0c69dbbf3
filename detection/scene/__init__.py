"""Compare a camera's picture with sentences, against what is usual for this camera."""
