"""What is shown of texts from outside, in every output of the command."""
