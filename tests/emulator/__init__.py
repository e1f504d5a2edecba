"""Tests of the embedded emulator, over real HTTP on loopback."""
