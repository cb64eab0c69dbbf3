"""Everything that changes what happened: one function per change, each one transaction."""
