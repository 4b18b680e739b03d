"""Contracts: the typed bases of the options: what a loss, a network, a distribution must do."""
