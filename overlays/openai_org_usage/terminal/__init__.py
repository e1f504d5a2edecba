"""What all commands share: the streams of a terminal, how words are read, how errors end."""
