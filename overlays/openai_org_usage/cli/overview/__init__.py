"""The bare command: what an organization spends, on one screen."""
