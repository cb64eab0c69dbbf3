"""See bodies: the 33 points of tracked people, and what is unusual about them, each with a reason."""
