"""Hear what happens near a camera: level, voice, sound events and words, each as far as its model is there."""
