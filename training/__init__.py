"""Train the scorers that detection runs; needs the extra `full`. Nothing imports this but the command."""
