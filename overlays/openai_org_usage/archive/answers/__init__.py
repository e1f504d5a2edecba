"""The archive in the place of the API: pages of usage and costs, made of what is kept."""
