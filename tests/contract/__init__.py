"""The bars of the contract, each with a test that counts what it tried.

By default a small number of each; `CONTRACT=long` tries as many as the bar asks for (`make contract`).
"""
