"""Find people and things in pictures: one protocol, two implementations, one batching thread."""
